/**
 * Identities and certificates as the API shows them: a key with its chain, the readable form of a certificate, and the
 * problems of a chain or an OCSP response. The packages below this one read files and verify. Null is refused everywhere
 * unless marked.
 */
@NullMarked
package io.heddle.certificate;

import org.jspecify.annotations.NullMarked;
