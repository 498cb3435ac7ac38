package io.heddle.engine.crypto;

import io.heddle.certificate.x509.MlDsa;
import io.heddle.cipher.Sigalg;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import javax.crypto.Cipher;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.jspecify.annotations.Nullable;

/**
 * A signer of handshakes with a local key, under the JCA names that every provider has. The provider is chosen by the
 * key, so that one of a hardware module signs inside it.
 */
public final class KeySigner implements TlsCredentialedSigner {
    private static final int SHA1_LENGTH = 20;

    private final Certificate chain;
    private final PrivateKey key;

    /** Null in TLS 1.0 and 1.1, which fix the digests. */
    private final @Nullable Sigalg sigalg;

    public KeySigner(Certificate chain, PrivateKey key, @Nullable Sigalg sigalg) {
        this.chain = chain;
        this.key = key;
        this.sigalg = sigalg;
    }

    @Override
    public Certificate getCertificate() {
        return chain;
    }

    @Override
    public @Nullable SignatureAndHashAlgorithm getSignatureAndHashAlgorithm() {
        return sigalg == null ? null : SignatureScheme.getSignatureAndHashAlgorithm(sigalg.number());
    }

    @Override
    public @Nullable TlsStreamSigner getStreamSigner() throws IOException {
        if (sigalg == null) {
            return null;
        }
        try {
            if (sigalg.keyType().isMlDsa()) {
                return new Stream(MlDsa.signer(key));
            }
            Signature signature = Signature.getInstance(jcaName(sigalg));
            signature.initSign(key);
            PSSParameterSpec pss = pss(sigalg);
            if (pss != null) {
                signature.setParameter(pss);
            }
            return new Stream(signature);
        } catch (GeneralSecurityException e) {
            throw cannotSign(e);
        }
    }

    /** TLS 1.0 and 1.1: RSA over MD5 and SHA-1 together without a DigestInfo, ECDSA over SHA-1 (RFC 4346 4.7). */
    @Override
    public byte[] generateRawSignature(byte[] hash) throws IOException {
        try {
            if (key.getAlgorithm().equals("RSA")) {
                Cipher pkcs1 = Cipher.getInstance("RSA/ECB/PKCS1Padding");
                pkcs1.init(Cipher.ENCRYPT_MODE, key);
                return pkcs1.doFinal(hash);
            }
            Signature signature = Signature.getInstance("NONEwithECDSA");
            signature.initSign(key);
            // bctls gives MD5 and SHA-1 one behind the other, whatever the key.
            signature.update(hash, hash.length - SHA1_LENGTH, SHA1_LENGTH);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw cannotSign(e);
        }
    }

    private IOException cannotSign(GeneralSecurityException e) {
        return FatalAlerts.alert(Code.ERR_SSL_INTERNAL_ERROR.failure(
                e,
                "key: our %s key could not sign with %s: %s",
                key.getAlgorithm(),
                sigalg == null ? "the digests of TLS 1.1" : sigalg.standardName(),
                e.getMessage()));
    }

    private static String jcaName(Sigalg sigalg) {
        return switch (sigalg) {
            case ECDSA_SECP256R1_SHA256 -> "SHA256withECDSA";
            case ECDSA_SECP384R1_SHA384 -> "SHA384withECDSA";
            case ECDSA_SECP521R1_SHA512 -> "SHA512withECDSA";
            case ECDSA_SHA224 -> "SHA224withECDSA";
            case ECDSA_SHA1 -> "SHA1withECDSA";
            case ED25519 -> "Ed25519";
            case ED448 -> "Ed448";
            case RSA_PKCS1_SHA512 -> "SHA512withRSA";
            case RSA_PKCS1_SHA384 -> "SHA384withRSA";
            case RSA_PKCS1_SHA256 -> "SHA256withRSA";
            case RSA_PKCS1_SHA224 -> "SHA224withRSA";
            case RSA_PKCS1_SHA1 -> "SHA1withRSA";
            case DSA_SHA1 -> "SHA1withDSA";
            case DSA_SHA224 -> "SHA224withDSA";
            case DSA_SHA256 -> "SHA256withDSA";
            case DSA_SHA384 -> "SHA384withDSA";
            case DSA_SHA512 -> "SHA512withDSA";
            default -> "RSASSA-PSS";
        };
    }

    /** RFC 8446 4.2.3: the salt is as long as the digest. */
    private static @Nullable PSSParameterSpec pss(Sigalg sigalg) {
        return switch (sigalg) {
            case RSA_PSS_RSAE_SHA256, RSA_PSS_PSS_SHA256 -> pss("SHA-256", MGF1ParameterSpec.SHA256, 32);
            case RSA_PSS_RSAE_SHA384, RSA_PSS_PSS_SHA384 -> pss("SHA-384", MGF1ParameterSpec.SHA384, 48);
            case RSA_PSS_RSAE_SHA512, RSA_PSS_PSS_SHA512 -> pss("SHA-512", MGF1ParameterSpec.SHA512, 64);
            default -> null;
        };
    }

    private static PSSParameterSpec pss(String digest, MGF1ParameterSpec mask, int salt) {
        return new PSSParameterSpec(digest, "MGF1", mask, salt, PSSParameterSpec.TRAILER_FIELD_BC);
    }

    private static final class Stream extends OutputStream implements TlsStreamSigner {
        private final Signature signature;

        Stream(Signature signature) {
            this.signature = signature;
        }

        @Override
        public OutputStream getOutputStream() {
            return this;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                signature.update(bytes, offset, length);
            } catch (SignatureException e) {
                throw new IOException(e);
            }
        }

        @Override
        public byte[] getSignature() throws IOException {
            try {
                return signature.sign();
            } catch (SignatureException e) {
                throw FatalAlerts.alert(Code.ERR_SSL_INTERNAL_ERROR.failure(
                        e, "key: signing with %s failed: %s", signature.getAlgorithm(), e.getMessage()));
            }
        }
    }
}
