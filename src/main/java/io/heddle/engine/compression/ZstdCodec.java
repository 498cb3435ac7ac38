package io.heddle.engine.compression;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.util.Native;
import java.util.Arrays;
import java.util.zip.DataFormatException;

/** zstd (RFC 8878), of zstd-jni. */
final class ZstdCodec implements Codec {
    /** The strongest level below those that need more memory. */
    private static final int LEVEL = 19;

    /**
     * Loads the native library.
     *
     * @throws LinkageError if there is none for this platform
     */
    ZstdCodec() {
        Native.load();
    }

    @Override
    public byte[] compress(byte[] bytes) {
        return Zstd.compress(bytes, LEVEL);
    }

    /** The library writes into the output alone, without a window of its own. */
    @Override
    public byte[] decompress(byte[] compressed, int length) throws DataFormatException {
        byte[] output = new byte[length];
        try {
            long count = Zstd.decompressByteArray(output, 0, length, compressed, 0, compressed.length);
            return Arrays.copyOf(output, Math.toIntExact(count));
        } catch (ZstdException e) {
            throw new DataFormatException(e.getErrorCode() == Zstd.errDstSizeTooSmall() ? TOO_LONG : e.getMessage());
        }
    }
}
