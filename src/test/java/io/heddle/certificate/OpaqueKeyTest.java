package io.heddle.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.failure.InvalidOption;
import io.heddle.protocol.KeyType;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys as an HSM has them: without encoding and without numbers, usable by their own provider alone. */
class OpaqueKeyTest {
    private final Provider provider = new OpaqueProvider();

    @BeforeEach
    void add() {
        Security.addProvider(provider);
    }

    @AfterEach
    void remove() {
        Security.removeProvider(provider.getName());
    }

    @Test
    void belongs_to_the_certificate_whose_key_verifies_what_it_signs() {
        Identity made = TestPki.server("a.example");
        var opaque = new OpaqueKey(made.key());

        Identity identity = new Identity(opaque, made.chain());

        assertThat(identity.key()).isSameAs(opaque);
        assertThat(identity.keyType()).isEqualTo(KeyType.EC);
    }

    @Test
    void does_not_belong_to_another_certificate() {
        var opaque = new OpaqueKey(TestPki.server("a.example").key());

        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> new Identity(opaque, TestPki.client("b").chain()))
                .withMessage(
                        "key: the private key (EC) does not belong to the certificate of \"CN=b\" (EC 256) (key values mismatch)");
    }

    private static final class OpaqueKey implements PrivateKey {
        private static final long serialVersionUID = 1L;

        private final PrivateKey hidden;

        OpaqueKey(PrivateKey hidden) {
            this.hidden = hidden;
        }

        @Override
        public String getAlgorithm() {
            return "EC";
        }

        @Override
        public @Nullable String getFormat() {
            return null;
        }

        @Override
        public byte @Nullable [] getEncoded() {
            return null;
        }
    }

    private static final class OpaqueProvider extends Provider {
        private static final long serialVersionUID = 1L;

        OpaqueProvider() {
            super("Opaque", "1", "signs with opaque keys");
            put("Signature.SHA256withECDSA", OpaqueSignature.class.getName());
            put("Signature.SHA256withECDSA SupportedKeyClasses", OpaqueKey.class.getName());
        }
    }

    /** Signs by the JDK, but takes no other key than an opaque one. */
    public static final class OpaqueSignature extends SignatureSpi {
        private final Signature inner;

        /** Created by the provider. */
        public OpaqueSignature() throws GeneralSecurityException {
            inner = Signature.getInstance("SHA256withECDSA", "SunEC");
        }

        @Override
        protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
            if (!(key instanceof OpaqueKey opaque)) {
                throw new InvalidKeyException("not an opaque key");
            }
            inner.initSign(opaque.hidden);
        }

        @Override
        protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
            throw new InvalidKeyException("signs only");
        }

        @Override
        protected void engineUpdate(byte b) throws SignatureException {
            inner.update(b);
        }

        @Override
        protected void engineUpdate(byte[] bytes, int from, int length) throws SignatureException {
            inner.update(bytes, from, length);
        }

        @Override
        protected byte[] engineSign() throws SignatureException {
            return inner.sign();
        }

        @Override
        protected boolean engineVerify(byte[] signature) {
            return false;
        }

        @Override
        @Deprecated
        protected void engineSetParameter(String name, Object value) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        @Deprecated
        protected Object engineGetParameter(String name) {
            throw new UnsupportedOperationException(name);
        }
    }
}
