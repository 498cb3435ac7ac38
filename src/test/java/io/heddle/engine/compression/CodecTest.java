package io.heddle.engine.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.DataFormatException;
import org.bouncycastle.tls.TlsUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The codecs of the three algorithms, with the input of a peer. */
class CodecTest {
    private static final int BOMB = 64 << 20;

    private static final byte[] CHAIN = message(TestPki.serverWithIntermediate("localhost"));

    /** Returns the body of the Certificate message of TLS 1.3 with this chain. */
    private static byte[] message(Identity identity) {
        try {
            var list = new ByteArrayOutputStream();
            for (X509Certificate certificate : identity.chain()) {
                TlsUtils.writeOpaque24(certificate.getEncoded(), list);
                TlsUtils.writeUint16(0, list);
            }
            var message = new ByteArrayOutputStream();
            TlsUtils.writeUint8(0, message);
            TlsUtils.writeOpaque24(list.toByteArray(), message);
            return message.toByteArray();
        } catch (IOException | CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void decompresses_what_it_has_compressed(CertificateCompressionAlgorithm algorithm) throws Exception {
        Codec codec = algorithm.codec();
        byte[] compressed = codec.compress(CHAIN);
        assertThat(compressed).hasSizeLessThan(CHAIN.length);
        assertThat(codec.decompress(compressed, CHAIN.length)).isEqualTo(CHAIN);
        assertThat(codec.decompress(compressed, CHAIN.length + 1)).isEqualTo(CHAIN);
        assertThat(codec.decompress(codec.compress(new byte[0]), 0)).isEmpty();
    }

    private static void assertRefused(Codec codec, byte[] compressed, int length, String reason) {
        assertThatThrownBy(() -> codec.decompress(compressed, length))
                .isInstanceOf(DataFormatException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @EnumSource
    void refuses_more_output_than_was_declared(CertificateCompressionAlgorithm algorithm) {
        Codec codec = algorithm.codec();
        byte[] compressed = codec.compress(CHAIN);
        for (int length : new int[] {CHAIN.length - 1, CHAIN.length / 2, 1, 0}) {
            assertRefused(codec, compressed, length, "it decompresses to more bytes");
        }
    }

    @ParameterizedTest
    @EnumSource
    void refuses_an_input_that_is_cut_or_has_something_behind_it(CertificateCompressionAlgorithm algorithm) {
        Codec codec = algorithm.codec();
        byte[] compressed = codec.compress(CHAIN);
        // Of zstd an empty input is an empty output; a CompressedCertificate has no empty input.
        for (int length = 1; length < compressed.length; length++) {
            assertRefused(codec, Arrays.copyOf(compressed, length), CHAIN.length, "");
        }
        assertRefused(codec, Arrays.copyOf(compressed, compressed.length + 1), CHAIN.length, "");
        byte[] twice = Arrays.copyOf(compressed, 2 * compressed.length);
        System.arraycopy(compressed, 0, twice, compressed.length, compressed.length);
        assertRefused(codec, twice, CHAIN.length, "");
    }

    @ParameterizedTest
    @EnumSource
    void bytes_of_another_kind_are_refused_or_stay_within_the_length(CertificateCompressionAlgorithm algorithm) {
        Codec codec = algorithm.codec();
        byte[] compressed = codec.compress(CHAIN);
        var random = new Random(8879);
        for (int i = 0; i < 2_000; i++) {
            byte[] changed = i % 2 == 0 ? compressed.clone() : new byte[random.nextInt(200)];
            if (i % 2 == 0) {
                changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            } else {
                random.nextBytes(changed);
            }
            try {
                assertThat(codec.decompress(changed, CHAIN.length)).hasSizeLessThanOrEqualTo(CHAIN.length);
            } catch (DataFormatException refused) {
                assertThat(refused.getMessage()).isNotEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_bomb_is_not_decompressed(CertificateCompressionAlgorithm algorithm) {
        Codec codec = algorithm.codec();
        byte[] bomb = codec.compress(new byte[BOMB]);
        assertThat(bomb).hasSizeLessThan(BOMB / 500);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertRefused(codec, bomb, CHAIN.length, "it decompresses to more bytes");
        long before = threads.getCurrentThreadAllocatedBytes();
        assertRefused(codec, bomb, CHAIN.length, "it decompresses to more bytes");
        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .as("bytes on the heap")
                .isLessThan(400_000);
    }

    /** Windows of 2^23 and 2^24 bytes (RFC 7932 9.1), and of 2^22, which is allowed; none of the inputs is complete. */
    @Test
    void a_large_window_of_brotli_is_refused_before_anything_is_decompressed() {
        Codec brotli = new BrotliCodec();
        for (byte first : new byte[] {0x0d, 0x0f}) {
            assertRefused(brotli, new byte[] {first, 0, 0, 0}, 100, "its window is larger than 4 MiB");
        }
        assertThatThrownBy(() -> brotli.decompress(new byte[] {0x0b, 0, 0, 0}, 100))
                .isInstanceOf(DataFormatException.class)
                .message()
                .doesNotContain("window");
    }

    /**
     * Prints the rows of the table in docs/node-parity.md; lengths vary by a few bytes with the keys and signatures.
     */
    @Test
    void chains_become_shorter() {
        List<String> rows = new ArrayList<>();
        for (TestPki.Key key : List.of(TestPki.Key.P256, TestPki.Key.RSA_2048)) {
            Identity issuer = TestPki.certificate("CN=Heddle Test Intermediate " + key)
                    .key(key, 3)
                    .ca()
                    .issuedBy(TestPki.ca());
            Identity one = TestPki.server(key, "localhost");
            Identity two = TestPki.certificate("CN=localhost")
                    .key(key, 1)
                    .server("localhost")
                    .issuedBy(issuer);
            for (Identity identity : List.of(one, two)) {
                byte[] message = message(identity);
                List<String> lengths = new ArrayList<>();
                for (CertificateCompressionAlgorithm algorithm : CertificateCompressionAlgorithm.values()) {
                    int length = 8 + algorithm.codec().compress(message).length;
                    assertThat(length).as("%s, %s", key, algorithm.text()).isLessThan(message.length);
                    lengths.add(Integer.toString(length));
                }
                rows.add("| %s, %d | %d | %s |"
                        .formatted(key, identity.chain().size(), message.length, String.join(" | ", lengths)));
            }
        }
        System.out.println("compressed certificates: key and chain, Certificate, zlib, brotli, zstd (bytes)");
        rows.forEach(System.out::println);
    }
}
