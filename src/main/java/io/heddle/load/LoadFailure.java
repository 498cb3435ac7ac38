package io.heddle.load;

/**
 * Failures of one kind.
 *
 * @param phase where it happened
 * @param code the name of a {@link io.heddle.failure.TlsFailure.Code}, of an error of the operating system ({@code ECONNREFUSED},
 *     {@code ECONNRESET}, {@code ETIMEDOUT}), {@code HTTP_} with a status, {@code ERR_STARTTLS_REFUSED},
 *     {@code ERR_STARTTLS_INJECTED}, {@code ERR_WRONG_ANSWER}, or {@code ERR_UNFINISHED} for what the end of the run broke off
 * @param count how many
 * @param example the sentence of the first one
 */
public record LoadFailure(Phase phase, String code, long count, String example) {
    /** Where something failed. */
    public enum Phase {
        /** Until the handshake was complete: TCP, STARTTLS, TLS. */
        HANDSHAKE,
        /** In a request. */
        REQUEST,
        /** In a stream. */
        STREAM
    }
}
