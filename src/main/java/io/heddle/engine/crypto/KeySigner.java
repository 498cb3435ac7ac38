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
            return new Stream(SignatureAlgorithms.signer(sigalg, key));
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
