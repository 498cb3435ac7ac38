package io.heddle.certificate;

import io.heddle.failure.TlsFailure;

/**
 * One thing that is wrong with a chain.
 *
 * @param code OpenSSL's verification result
 * @param depth where in the chain, 0 for the leaf
 * @param sentence what is wrong, with the values
 */
public record Problem(TlsFailure.Code code, int depth, String sentence) {}
