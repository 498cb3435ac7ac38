/**
 * Keys, certificates and CRLs from files to checked objects, and the verdict on a peer's chain. Null is refused
 * everywhere unless marked.
 */
@NullMarked
package io.heddle.certificate;

import org.jspecify.annotations.NullMarked;
