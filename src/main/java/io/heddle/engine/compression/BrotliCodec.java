package io.heddle.engine.compression;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.DataFormatException;

/** brotli (RFC 7932), of brotli4j. */
final class BrotliCodec implements Codec {
    private static final int STRONGEST = 11;

    /** The exponent of the window: 128 KiB, longer than any Certificate message. */
    private static final int WINDOW = 17;

    /** The exponent of the largest window of a peer: the default of brotli's encoder, which OpenSSL uses. */
    private static final int LARGEST_WINDOW = 22;

    /**
     * Loads the native library.
     *
     * @throws LinkageError if there is none for this platform
     */
    BrotliCodec() {
        Brotli4jLoader.ensureAvailability();
    }

    @Override
    public byte[] compress(byte[] bytes) {
        try {
            return Encoder.compress(bytes, Encoder.Parameters.create(STRONGEST, WINDOW));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The library may decompress as many bytes ahead as the window of the input has. */
    @Override
    public byte[] decompress(byte[] compressed, int length) throws DataFormatException {
        if (windowBits(compressed) > LARGEST_WINDOW) {
            throw new DataFormatException("its window is larger than 4 MiB");
        }
        // The whole input at once, so that the library sees bytes behind its end.
        try (var input = new BrotliInputStream(new ByteArrayInputStream(compressed), Math.max(1, compressed.length))) {
            byte[] output = input.readNBytes(length + 1);
            if (output.length > length) {
                throw new DataFormatException(TOO_LONG);
            }
            return output;
        } catch (IOException e) {
            throw new DataFormatException(String.valueOf(e.getMessage()));
        }
    }

    /** Returns the exponent of the window, WBITS of RFC 7932 9.1. */
    private static int windowBits(byte[] compressed) {
        int first = compressed.length == 0 ? 0 : compressed[0] & 0xff;
        int large = first >> 1 & 7;
        int small = first >> 4 & 7;
        if ((first & 1) == 0) {
            return 16;
        } else if (large > 0) {
            return 17 + large;
        }
        return small == 0 ? 17 : 8 + small;
    }
}
