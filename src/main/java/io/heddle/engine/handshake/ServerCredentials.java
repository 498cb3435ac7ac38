package io.heddle.engine.handshake;

import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.Credential;
import io.heddle.engine.crypto.DhGroups;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.KeySigner;
import io.heddle.engine.crypto.NegotiationText;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsServerContext;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsDHConfig;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.impl.jcajce.JceDefaultTlsCredentialedDecryptor;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of a server in one handshake: found once, in order of preference, and chosen by the suite and by
 * what the client can check.
 *
 * <p>Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "JdkObsolete"})
final class ServerCredentials {
    private final HandshakeSettings settings;
    private final ServerContextChoice contexts;
    private final ServerClientAuth clientAuth;
    private final ClientHelloInfo hello;
    private final TlsServerContext context;

    /**
     * The source that has been asked, null before. The application protocol may replace the context's by another one.
     */
    private @Nullable CredentialSource source;

    private List<Credential> found = List.of();

    /** The certificate that the connection shows. */
    private @Nullable Credential selected;

    ServerCredentials(
            HandshakeSettings settings,
            ServerContextChoice contexts,
            ServerClientAuth clientAuth,
            ClientHelloInfo hello,
            TlsServerContext context) {
        this.settings = settings;
        this.contexts = contexts;
        this.clientAuth = clientAuth;
        this.hello = hello;
        this.context = context;
    }

    /** A certificate and the algorithm to sign with; none where the version fixes it. */
    record Choice(Credential credential, @Nullable Sigalg sigalg) {}

    /**
     * Finds the certificates, unless that has been done in this handshake; needs the version. The source may be
     * the application's.
     */
    void find() throws IOException {
        CredentialSource current = contexts.chosen().credentials();
        if (!isFoundIn(current)) {
            found = find(current, new CredentialSource.Wanted(clientAuth.info(), sharedSigalgs(), List.of()));
            source = current;
        }
    }

    static List<Credential> find(CredentialSource source, CredentialSource.Wanted wanted) throws IOException {
        try {
            return source.find(wanted);
        } catch (Exception e) {
            throw FatalAlerts.callback("key", e);
        }
    }

    private List<Sigalg> sharedSigalgs() {
        List<Sigalg> shared = new ArrayList<>(settings.sigalgs());
        shared.retainAll(hello.sigalgs());
        return shared;
    }

    /** Returns the certificates that were found, before that those that are fixed. */
    List<Credential> all() {
        CredentialSource current = contexts.chosen().credentials();
        return isFoundIn(current) ? found : current.credentials();
    }

    /** Returns whether the certificates were found in this source, and not in that of a context chosen before. */
    @SuppressWarnings("ReferenceEquality") // Sources are equal only to themselves.
    private boolean isFoundIn(CredentialSource current) {
        return current == source;
    }

    /** Returns whether the context certainly has no certificate. */
    boolean isEmpty() {
        return contexts.chosen().credentials().isEmpty();
    }

    /**
     * Returns the first local signature algorithm that the client accepts and a local key makes. A certificate whose
     * own signature is in the client's {@code signature_algorithms_cert} is preferred to one with a signature that is
     * not, which is better than none (RFC 8446 4.4.2.2).
     */
    @Nullable
    Choice choose(Suite suite) {
        SecurityParameters parameters = context.getSecurityParametersHandshake();
        TlsVersion version = HandshakeSettings.version(parameters.getNegotiatedVersion());
        List<Credential> fitting = all().stream()
                .filter(credential -> credential.fits(suite, version))
                .filter(credential -> credential.curveIsAmong(parameters.getClientSupportedGroups(), version))
                .toList();
        if (suite.keyExchange().encryptsToRsa() || !version.isAtLeast(TlsVersion.TLS_1_2)) {
            return fitting.isEmpty() ? null : new Choice(fitting.getFirst(), null);
        }
        List<Integer> accepted = sigalgNumbers(parameters.getClientSigAlgs(), suite);
        Vector forCertificates = parameters.getClientSigAlgsCert();
        // Without the extension bctls has the same object twice.
        if (forCertificates == null || forCertificates.equals(parameters.getClientSigAlgs())) {
            return choose(fitting, accepted, version);
        }
        List<Integer> allowed = sigalgNumbers(forCertificates, suite);
        Choice verifiable = choose(
                fitting.stream()
                        .filter(credential -> credential.isSignedWithOneOf(allowed))
                        .toList(),
                accepted,
                version);
        return verifiable == null ? choose(fitting, accepted, version) : verifiable;
    }

    private @Nullable Choice choose(List<Credential> fitting, List<Integer> accepted, TlsVersion version) {
        for (Sigalg sigalg : settings.sigalgs()) {
            if (accepted.contains(sigalg.number())) {
                for (Credential credential : fitting) {
                    if (credential.signs(sigalg, version)) {
                        return new Choice(credential, sigalg);
                    }
                }
            }
        }
        return null;
    }

    private static List<Integer> sigalgNumbers(@Nullable Vector offered, Suite suite) {
        if (offered == null) {
            // RFC 5246 7.4.1.4.1: a client of TLS 1.2 that sends none means SHA-1.
            return List.of(
                    suite.authentication() == Suite.Authentication.ECDSA
                            ? Sigalg.ECDSA_SHA1.number()
                            : Sigalg.RSA_PKCS1_SHA1.number());
        }
        List<Integer> numbers = new ArrayList<>();
        for (Object sigalg : offered) {
            numbers.add(SignatureScheme.from((SignatureAndHashAlgorithm) sigalg));
        }
        return numbers;
    }

    /** Refuses a client whose signature algorithms have none in common with the local ones, whatever the keys. */
    void requireSharedSigalg() throws IOException {
        if (!hello.sigalgs().isEmpty() && Collections.disjoint(hello.sigalgs(), settings.sigalgs())) {
            throw FatalAlerts.alert(Code.ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS.failure(
                    "sigalgs: the client offered %s, the server accepts %s",
                    NegotiationText.sigalgs(
                            context.getSecurityParametersHandshake().getClientSigAlgs()),
                    NegotiationText.standardNames(settings.sigalgs())));
        }
    }

    /**
     * Requires that there is a certificate to choose from, in a handshake that needs one.
     *
     * @param reason OpenSSL's reason, which belongs to the code
     * @throws IOException the fatal alert if there is none
     */
    void requireAny(Code code, String reason) throws IOException {
        if (!all().isEmpty()) {
            return;
        }
        String absence = isEmpty()
                ? "the server has no certificate"
                : "the server's key manager has no certificate of a kind that the client can check";
        String asked = hello.servername()
                .map(name -> ", the client asked for \"%s\"".formatted(TlsFailure.printable(name)))
                .orElse("");
        throw FatalAlerts.alert(code.failure("certificate: %s%s (%s)", absence, asked, reason));
    }

    /**
     * Selects the certificate that a full handshake with this suite would show, and returns its chain, null if there is
     * none: sessions do not contain it, JSSE asks for it, and bctls refuses to renegotiate where it has no certificate
     * of the server.
     */
    @Nullable
    Certificate selectForResumption(Suite suite, TlsVersion version) throws IOException {
        find();
        for (Credential credential : all()) {
            if (credential.fits(suite, version)) {
                selected = credential;
                return credential.chain(version);
            }
        }
        selected = null;
        return null;
    }

    /** Selects the certificate to show, null for none. */
    void select(@Nullable Credential credential) {
        selected = credential;
    }

    /** Returns the chain that the connection shows, empty if there is none. */
    List<X509Certificate> localChain() {
        return selected == null ? List.of() : selected.identity().chain();
    }

    /** Returns the proof of possession of the key: a signature, or a decryption. */
    TlsCredentials proof(Choice choice, Certificate chain, Suite suite) {
        Credential credential = choice.credential();
        return suite.keyExchange().encryptsToRsa()
                ? decryptor(chain, credential.key())
                : new KeySigner(chain, credential.key(), choice.sigalg());
    }

    /**
     * The premaster secret begins with client_version (RFC 5246 7.4.7.1), which bctls has only after
     * {@link ClientHelloRules#readable}.
     */
    private TlsCredentials decryptor(Certificate chain, PrivateKey key) {
        int clientVersion = hello.version();
        var parameters = new TlsCryptoParameters(context) {
            @Override
            public ProtocolVersion getRSAPreMasterSecretVersion() {
                // bctls has no object for 0xfefe; the premaster secret of such a client does not fit.
                return clientVersion == 0xfefe
                        ? super.getRSAPreMasterSecretVersion()
                        : ProtocolVersion.get(clientVersion >>> 8, clientVersion & 0xff);
            }
        };
        return new JceDefaultTlsCredentialedDecryptor(settings.crypto(), chain, key) {
            @Override
            public TlsSecret decrypt(TlsCryptoParameters ofContext, byte[] ciphertext) throws IOException {
                return super.decrypt(parameters, ciphertext);
            }
        };
    }

    /** Returns the group for DHE, as strong as the key that goes with it. */
    TlsDHConfig dhGroup(DhGroups groups, Suite suite) throws IOException {
        if (suite.keyExchange() == Suite.KeyExchange.DHE_PSK) {
            return groups.group(suite);
        }
        Choice choice = choose(suite);
        if (choice == null) {
            throw new TlsFatalAlert(AlertDescription.internal_error);
        }
        return groups.group(choice.credential().identity().leaf().getPublicKey());
    }
}
