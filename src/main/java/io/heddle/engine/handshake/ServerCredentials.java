package io.heddle.engine.handshake;

import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.Credential;
import io.heddle.engine.crypto.DhGroups;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.KeySigner;
import io.heddle.engine.crypto.NegotiationText;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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
 * Which of a server's certificates goes with a suite and with what the client can check.
 *
 * @param credentials those of the name that the client asked for, in order of preference
 */
@SuppressWarnings({"rawtypes", "JdkObsolete"})
record ServerCredentials(HandshakeSettings settings, List<Credential> credentials, TlsServerContext context) {
    /** A certificate and the algorithm to sign with; none where the version fixes it. */
    record Choice(Credential credential, @Nullable Sigalg sigalg) {}

    /** Returns the first of our signature algorithms that the client takes and a key of ours makes. */
    @Nullable
    Choice choose(Suite suite) {
        SecurityParameters parameters = context.getSecurityParametersHandshake();
        TlsVersion version = HandshakeSettings.version(parameters.getNegotiatedVersion());
        List<Credential> fitting = credentials.stream()
                .filter(each -> each.fits(suite, version))
                .filter(each -> each.curveIsAmong(parameters.getClientSupportedGroups(), version))
                .toList();
        if (suite.keyExchange().encryptsToRsa() || !version.isAtLeast(TlsVersion.TLS_1_2)) {
            return fitting.isEmpty() ? null : new Choice(fitting.getFirst(), null);
        }
        List<Integer> theirs = sigalgNumbers(parameters.getClientSigAlgs(), suite);
        for (Sigalg sigalg : settings.sigalgs()) {
            if (theirs.contains(sigalg.number())) {
                for (Credential each : fitting) {
                    if (each.signs(sigalg, version)) {
                        return new Choice(each, sigalg);
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
        for (Object each : offered) {
            numbers.add(SignatureScheme.from((SignatureAndHashAlgorithm) each));
        }
        return numbers;
    }

    /** Two lists without anything in common are told apart from keys that do not go with what they have in common. */
    void requireSharedSigalg(ClientHelloInfo offer) throws IOException {
        if (!offer.sigalgs().isEmpty() && Collections.disjoint(offer.sigalgs(), settings.sigalgs())) {
            throw FatalAlerts.alert(Code.ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS.failure(
                    "sigalgs: the client offered %s, the server accepts %s",
                    NegotiationText.sigalgs(
                            context.getSecurityParametersHandshake().getClientSigAlgs()),
                    NegotiationText.standardNames(settings.sigalgs())));
        }
    }

    /** Returns what a full handshake with this suite would show, empty if there is nothing. */
    Optional<Credential> likely(Suite suite, TlsVersion version) {
        return credentials.stream().filter(each -> each.fits(suite, version)).findFirst();
    }

    /**
     * Returns what proves that we are whom the chain names: a signature, or that we can decrypt.
     *
     * @param clientVersion client_version as it was sent
     */
    TlsCredentials answer(Choice choice, Certificate chain, Suite suite, int clientVersion) {
        Credential credential = choice.credential();
        return suite.keyExchange().encryptsToRsa()
                ? decryptor(chain, credential.key(), clientVersion)
                : new KeySigner(chain, credential.key(), choice.sigalg());
    }

    /** The premaster secret begins with client_version (RFC 5246 7.4.7.1), which bctls knows only after {@link ClientHelloRules#readable}. */
    private TlsCredentials decryptor(Certificate chain, PrivateKey key, int clientVersion) {
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
