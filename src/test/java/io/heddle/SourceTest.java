package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceTest {
    private static final int BOUND = 64 << 20;

    @Test
    void a_file_is_not_read_beyond_its_bound(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("long.pem");
        try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(BOUND + 1L);
        }
        Source source = Source.file("ca", file, null);

        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(source::read)
                .withMessage("ca \"%s\": is longer than %d bytes", file, BOUND)
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_OSSL_PEM_TOO_LARGE"));
    }

    @Test
    void shows_nothing_of_its_content() {
        assertThat(Source.text("key", "my secret key", "my passphrase".toCharArray()))
                .asString()
                .doesNotContain("my secret", "my pass");
    }
}
