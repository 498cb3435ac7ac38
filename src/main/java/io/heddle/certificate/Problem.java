package io.heddle.certificate;

import io.heddle.failure.TlsFailure;

/**
 * A problem of a certificate chain.
 *
 * @param code OpenSSL's verification result
 * @param depth the index in the chain, 0 for the leaf
 * @param sentence the description, with the values
 */
public record Problem(TlsFailure.Code code, int depth, String sentence) {}
