/**
 * Readers of files: PEM, certificates, CRLs, private keys, PKCS#12 and Diffie-Hellman parameters, with the decryption
 * under a passphrase. Not exported. Null is refused everywhere unless marked.
 */
@NullMarked
package io.heddle.certificate.file;

import org.jspecify.annotations.NullMarked;
