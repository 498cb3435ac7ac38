package io.heddle.interop;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure.Code;

/** The client certificates of the interoperability matrix, named after their defect. */
final class Clients {
    private Clients() {}

    /**
     * A defect of a client certificate, with the verifier's error code and the number of the alert that is sent for it.
     */
    enum Bad {
        EXPIRED(Code.CERT_HAS_EXPIRED, 45),
        NOT_YET_VALID(Code.CERT_NOT_YET_VALID, 42),
        SELF_SIGNED(Code.DEPTH_ZERO_SELF_SIGNED_CERT, 48),
        UNKNOWN_CA(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE, 48),
        FOR_SERVERS(Code.INVALID_PURPOSE, 43);

        final Code code;
        final int alert;

        Bad(Code code, int alert) {
            this.code = code;
            this.alert = alert;
        }

        Identity identity() {
            var begun = TestPki.certificate("CN=" + name()).key(TestPki.Key.P256, 2);
            return switch (this) {
                case EXPIRED -> begun.client().expired().issuedBy(TestPki.ca());
                case NOT_YET_VALID -> begun.client().notYetValid().issuedBy(TestPki.ca());
                case SELF_SIGNED -> begun.client().selfSigned();
                case UNKNOWN_CA -> begun.client().issuedBy(TestPki.root("Nobody", TestPki.Key.P256, 4));
                case FOR_SERVERS -> begun.server("localhost").issuedBy(TestPki.ca());
            };
        }
    }

    /** Returns a valid client with a key of this kind; the kind is its common name. */
    static Identity good(Servers.Kind kind) {
        return TestPki.certificate("CN=client " + kind)
                .key(kind.key(), 2)
                .client()
                .issuedBy(TestPki.ca());
    }

    /** Returns a valid client whose chain has an intermediate. */
    static Identity withIntermediate() {
        return TestPki.certificate("CN=client of an intermediate")
                .key(TestPki.Key.P256, 2)
                .client()
                .issuedBy(TestPki.intermediate("Heddle Test Intermediate"));
    }
}
