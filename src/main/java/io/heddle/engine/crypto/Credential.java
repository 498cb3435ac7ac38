package io.heddle.engine.crypto;

import io.heddle.certificate.Identity;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.protocol.TlsVersion;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.jspecify.annotations.Nullable;

/**
 * A local certificate chain with its key, prepared once for any number of handshakes: the chain in bctls' two forms,
 * and the signatures that the key can make.
 *
 * <p>Immutable, thread-safe.
 */
public final class Credential {
    private final Identity identity;
    private final Certificate chain;
    private final Certificate chain13;
    private final SigningKey key;
    private final PrivateKey preparedKey;

    private Credential(Identity identity, Certificate chain, Certificate chain13) {
        this.identity = identity;
        this.chain = chain;
        this.chain13 = chain13;
        this.key = SigningKey.of(identity.leaf().getPublicKey());
        this.preparedKey = SignatureAlgorithms.prepared(identity.key());
    }

    /** Prepares an identity. */
    public static Credential of(Identity identity, ProviderCrypto crypto) {
        List<X509Certificate> certificates = identity.chain();
        var plain = new TlsCertificate[certificates.size()];
        var entries = new CertificateEntry[certificates.size()];
        for (int i = 0; i < plain.length; i++) {
            plain[i] = crypto.certificate(certificates.get(i));
            entries[i] = new CertificateEntry(plain[i], null);
        }
        return new Credential(identity, new Certificate(plain), new Certificate(TlsUtils.EMPTY_BYTES, entries));
    }

    /** Returns the identity. */
    public Identity identity() {
        return identity;
    }

    /** Returns the private key, in the form of the provider that signs with it. */
    public PrivateKey key() {
        return preparedKey;
    }

    /** Returns the chain in the form of the version, leaf first. */
    public Certificate chain(TlsVersion version) {
        return version == TlsVersion.TLS_1_3 ? chain13 : chain;
    }

    /** Returns whether the key can make such a signature in a handshake of this version. */
    public boolean signs(Sigalg sigalg, TlsVersion version) {
        return key.signs(sigalg, version);
    }

    /**
     * Returns whether the certificate itself is signed with one of these schemes; true for RSA-PSS, whose schemes
     * depend on parameters and on the key of the issuer.
     *
     * @param numbers the numbers of the peer's {@code signature_algorithms_cert}
     */
    public boolean isSignedWithOneOf(List<Integer> numbers) {
        return signatureOf(identity.leaf())
                .map(sigalg -> numbers.contains(sigalg.number()))
                .orElse(true);
    }

    private static Optional<Sigalg> signatureOf(X509Certificate certificate) {
        return Optional.ofNullable(
                switch (certificate.getSigAlgOID()) {
                    case "1.2.840.10045.4.1" -> Sigalg.ECDSA_SHA1;
                    case "1.2.840.10045.4.3.2" -> Sigalg.ECDSA_SECP256R1_SHA256;
                    case "1.2.840.10045.4.3.3" -> Sigalg.ECDSA_SECP384R1_SHA384;
                    case "1.2.840.10045.4.3.4" -> Sigalg.ECDSA_SECP521R1_SHA512;
                    case "1.2.840.113549.1.1.5" -> Sigalg.RSA_PKCS1_SHA1;
                    case "1.2.840.113549.1.1.11" -> Sigalg.RSA_PKCS1_SHA256;
                    case "1.2.840.113549.1.1.12" -> Sigalg.RSA_PKCS1_SHA384;
                    case "1.2.840.113549.1.1.13" -> Sigalg.RSA_PKCS1_SHA512;
                    case "1.3.101.112" -> Sigalg.ED25519;
                    case "1.3.101.113" -> Sigalg.ED448;
                    case "2.16.840.1.101.3.4.3.17" -> Sigalg.MLDSA44;
                    case "2.16.840.1.101.3.4.3.18" -> Sigalg.MLDSA65;
                    case "2.16.840.1.101.3.4.3.19" -> Sigalg.MLDSA87;
                    default -> null;
                });
    }

    /** Returns whether the key is of the kind that a suite of TLS 1.2 or below asks the server for. */
    public boolean fits(Suite suite, TlsVersion version) {
        // Heddle has no DSA on a server.
        return suite.authentication() != Suite.Authentication.DSS && key.fits(suite, version);
    }

    /** Returns whether the key signs in TLS 1.0 and 1.1, where algorithms are not negotiated. */
    public boolean signsUnnegotiated() {
        return key.signsUnnegotiated();
    }

    /**
     * Returns whether a client with these groups accepts the certificate: in TLS 1.2 and below they are the curves of
     * keys as well (RFC 8422 5.1.1), in TLS 1.3 only of the key exchange.
     *
     * @param groups the numbers of the client's {@code supported_groups}, null if it sent none, which means all
     */
    public boolean curveIsAmong(int @Nullable [] groups, TlsVersion version) {
        if (groups == null || version == TlsVersion.TLS_1_3) {
            return true;
        }
        return key.curve()
                .map(curve -> Arrays.stream(groups).anyMatch(group -> group == curve.number()))
                .orElse(true);
    }
}
