package io.heddle.engine.compression;

import java.util.zip.DataFormatException;

/**
 * A compression algorithm for certificates, of the JDK or of an optional library. Thread-safe.
 *
 * <p>Compression is as strong as the library allows, since a compressed chain is kept for many handshakes; a local
 * chain has a few thousand bytes, with ML-DSA some ten thousand.
 *
 * <p>A call computes until it is done and keeps the carrier of a virtual thread for that time. What a peer can ask for
 * is bounded by the limits on its messages: one input and one result of at most 100 KiB in a handshake. The
 * library of brotli may use a window of up to 4 MiB beside them.
 */
interface Codec {
    /** The reason of a refusal: more output than was declared. */
    String TOO_LONG = "it decompresses to more bytes";

    /** The reason of a refusal: bytes behind the end of the compressed data. */
    String TRAILING_DATA = "it has bytes behind the end of the compressed data";

    /** Returns the compressed form of the bytes. */
    byte[] compress(byte[] bytes);

    /**
     * Returns the bytes of a compressed form, which comes from a peer. No more output is produced than {@code length}
     * bytes and what the library needs to see that there would be more.
     *
     * @param length the number of bytes that the peer declared, which the caller has bounded; the result may have fewer
     * @throws DataFormatException with the reason, if the input is not of this algorithm, has bytes behind its end, or
     *     decompresses to more bytes than {@code length}
     */
    byte[] decompress(byte[] compressed, int length) throws DataFormatException;
}
