/**
 * The verification of OCSP responses (RFC 6960) and the TLS feature "must staple" (RFC 7633). Not exported. Null is
 * refused everywhere unless marked.
 */
@NullMarked
package io.heddle.certificate.ocsp;

import org.jspecify.annotations.NullMarked;
