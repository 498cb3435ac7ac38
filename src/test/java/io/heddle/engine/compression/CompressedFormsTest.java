package io.heddle.engine.compression;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The cache of compressed forms. */
class CompressedFormsTest {
    private final CompressedForms forms = new CompressedForms();

    private static byte[] message(String text) {
        return text.repeat(20).getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void the_form_of_a_message_is_made_once_for_each_algorithm() throws Exception {
        byte[] message = message("a chain");
        for (CertificateCompressionAlgorithm algorithm : CertificateCompressionAlgorithm.values()) {
            byte[] form = forms.of(algorithm, message);
            assertThat(forms.of(algorithm, message.clone())).isSameAs(form);
            assertThat(algorithm.codec().decompress(form, message.length)).isEqualTo(message);
        }
    }

    @Test
    void another_message_has_another_form() throws Exception {
        CertificateCompressionAlgorithm zlib = CertificateCompressionAlgorithm.ZLIB;
        byte[] first = message("with one response");
        byte[] second = message("with the next response");
        assertThat(zlib.codec().decompress(forms.of(zlib, first), first.length)).isEqualTo(first);
        assertThat(zlib.codec().decompress(forms.of(zlib, second), second.length))
                .isEqualTo(second);
    }

    /** More messages than the cache has entries: each still gets its own form. */
    @Test
    void the_cache_is_bounded() throws Exception {
        CertificateCompressionAlgorithm zlib = CertificateCompressionAlgorithm.ZLIB;
        for (int i = 0; i < 1_000; i++) {
            byte[] message = message("chain " + i);
            assertThat(zlib.codec().decompress(forms.of(zlib, message), message.length))
                    .isEqualTo(message);
        }
        assertThat(forms.count()).isLessThanOrEqualTo(256);
    }
}
