/**
 * The properties of a single certificate and its names, parsed once for the other packages of certificates, and the
 * check of the BouncyCastle versions. The lowest of these packages; not exported. Null is refused everywhere unless
 * marked.
 */
@NullMarked
package io.heddle.certificate.x509;

import org.jspecify.annotations.NullMarked;
