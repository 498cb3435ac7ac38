package io.heddle.engine.compression;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** zlib (RFC 1950), of the JDK. */
final class ZlibCodec implements Codec {
    private static final int BUFFER = 1024;

    @Override
    public byte[] compress(byte[] bytes) {
        var deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            var output = new ByteArrayOutputStream(bytes.length);
            byte[] buffer = new byte[BUFFER];
            while (!deflater.finished()) {
                output.write(buffer, 0, deflater.deflate(buffer));
            }
            return output.toByteArray();
        } finally {
            deflater.end();
        }
    }

    @Override
    public byte[] decompress(byte[] compressed, int length) throws DataFormatException {
        var inflater = new Inflater();
        try {
            inflater.setInput(compressed);
            // One byte more shows an output that is too long. The checksum is read once the output is complete.
            byte[] output = new byte[length + 1];
            int count = 0;
            while (!inflater.finished()) {
                int more = inflater.inflate(output, count, output.length - count);
                count += more;
                if (count > length) {
                    throw new DataFormatException(TOO_LONG);
                }
                if (more == 0 && !inflater.finished()) {
                    throw new DataFormatException(
                            inflater.needsDictionary() ? "it needs a dictionary" : "it ends too early");
                }
            }
            if (inflater.getRemaining() > 0) {
                throw new DataFormatException(TRAILING_DATA);
            }
            return Arrays.copyOf(output, count);
        } finally {
            inflater.end();
        }
    }
}
