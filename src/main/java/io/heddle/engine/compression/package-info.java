/**
 * Compression of certificates (RFC 8879): the algorithms with their libraries, and the message in both directions. Null
 * is refused everywhere unless marked.
 *
 * <p>zlib is the JDK's. brotli and zstd are those of optional libraries, brotli4j and zstd-jni: {@code
 * CertificateCompressionAlgorithm} loads one when an option names its algorithm, so that nothing else needs it. All are
 * called through {@code Codec}, whose output is bounded by its caller.
 *
 * <p>{@code CertificateCompression} is what two sides have agreed on in one handshake. A local chain is wrapped in a
 * {@code CompressedChain}, a chain of bctls that writes itself as a CompressedCertificate; the peer's message is
 * decompressed to the body of a Certificate, which bctls then reads. The compressed forms of local chains are kept in a
 * {@code CompressedForms}.
 */
@NullMarked
package io.heddle.engine.compression;

import org.jspecify.annotations.NullMarked;
