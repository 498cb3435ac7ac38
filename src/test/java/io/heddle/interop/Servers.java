package io.heddle.interop;

import io.heddle.SecureContext;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.util.function.Consumer;

/**
 * The server certificates of the interoperability matrix: one for each kind of key, for {@code localhost}, named after
 * its kind.
 */
final class Servers {
    private Servers() {}

    /** The kinds of server keys. */
    enum Kind {
        RSA(TestPki.Key.RSA_2048),
        RSA_PSS(TestPki.Key.RSA_PSS_2048),
        P256(TestPki.Key.P256),
        P384(TestPki.Key.P384),
        ED25519(TestPki.Key.ED25519);

        private final TestPki.Key key;

        Kind(TestPki.Key key) {
            this.key = key;
        }

        /** Returns the kind's name in {@link TestPki}. */
        TestPki.Key key() {
            return key;
        }

        /** Returns the identity, whose common name is the kind. */
        Identity identity() {
            return TestPki.certificate("CN=" + name())
                    .key(key, 1)
                    .server("localhost")
                    .issuedBy(TestPki.ca());
        }
    }

    /** Returns a context with a certificate of this kind. */
    static SecureContext context(Kind kind) {
        return context(kind, options -> {});
    }

    /** Returns a context with a certificate of this kind and further options. */
    static SecureContext context(Kind kind, Consumer<SecureContext.Builder> options) {
        SecureContext.Builder builder = SecureContext.builder().identity(kind.identity());
        options.accept(builder);
        return builder.build();
    }

    /** Returns a context with certificates of all kinds and further options. */
    static SecureContext all(Consumer<SecureContext.Builder> options) {
        SecureContext.Builder builder = SecureContext.builder();
        for (Kind kind : Kind.values()) {
            builder.identity(kind.identity());
        }
        options.accept(builder);
        return builder.build();
    }
}
