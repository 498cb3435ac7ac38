/**
 * The verification of a certificate chain: the trust store, the search for a path to an anchor, the checks of each
 * path, and the match of a host name. Not exported. Null is refused everywhere unless marked.
 */
@NullMarked
package io.heddle.certificate.path;

import org.jspecify.annotations.NullMarked;
