package io.heddle.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.TlsSocket;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The outcome of one connection on both sides. */
record ConnectionResult(
        @Nullable TlsSocket clientSocket,
        @Nullable IOException clientError,
        TlsSocket server,
        @Nullable TlsFailure serverError) {
    /** Asserts that both sides succeeded, and that the word was echoed. */
    ConnectionResult worked() {
        assertThat(clientError).isNull();
        assertThat(serverError).isNull();
        return this;
    }

    /** Returns the client's end, whose results stay readable. */
    TlsSocket client() {
        return Objects.requireNonNull(clientSocket);
    }

    /** Asserts the client's failure. */
    ConnectionResult clientFailed(Code code) {
        assertThat(clientError)
                .isInstanceOfSatisfying(
                        TlsFailure.class, failure -> assertThat(failure.code()).isEqualTo(code));
        return this;
    }

    /** Asserts the server's failure. */
    ConnectionResult serverFailed(Code code) {
        assertThat(failure().code()).isEqualTo(code);
        return this;
    }

    /** Asserts the alert that the server sent. */
    ConnectionResult serverSent(Alert alert) {
        assertThat(failure().alert()).contains(alert);
        return this;
    }

    /** Returns the server's failure. */
    TlsFailure failure() {
        return Objects.requireNonNull(serverError, "the server did not fail");
    }
}
