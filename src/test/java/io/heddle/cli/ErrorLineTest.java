package io.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class ErrorLineTest {
    @Test
    void a_failed_connection_is_its_code_and_sentence_and_exit_code_1() {
        var failure = TlsFailure.Code.ERR_SSL_NO_SHARED_CIPHER.failure("cipher: client offered %s", "[RC4]");
        assertThat(ErrorLine.of(failure))
                .isEqualTo(new ErrorLine("heddle: ERR_SSL_NO_SHARED_CIPHER: " + failure.getMessage(), 1, false));
    }

    @Test
    void an_option_that_cannot_work_is_wrong_usage() {
        assertThat(ErrorLine.of(new InvalidOption("ERR_INVALID_ARG_VALUE", "ticket keys: 48 bytes")))
                .isEqualTo(new ErrorLine("heddle: ERR_INVALID_ARG_VALUE: ticket keys: 48 bytes", 2, false));
    }

    @Test
    void a_file_that_cannot_be_used_is_wrong_usage() {
        assertThat(ErrorLine.of(new NoSuchFileException("a.pem")))
                .isEqualTo(new ErrorLine("heddle: ENOENT: a.pem: no such file", 2, false));
        assertThat(ErrorLine.of(new AccessDeniedException("a.pem")))
                .isEqualTo(new ErrorLine("heddle: EACCES: a.pem: permission denied", 2, false));
        assertThat(ErrorLine.of(new FileSystemException("a.pem", null, "Is a directory")))
                .isEqualTo(new ErrorLine("heddle: EIO: a.pem: Is a directory", 2, false));
    }

    @Test
    void a_broken_connection_is_exit_code_1() {
        assertThat(ErrorLine.of(new IOException("Broken pipe")))
                .isEqualTo(new ErrorLine("heddle: EIO: Broken pipe", 1, false));
    }

    @Test
    void a_defect_of_the_command_is_called_one() {
        assertThat(ErrorLine.of(new IllegalStateException("two\n  lines")))
                .isEqualTo(
                        new ErrorLine("heddle: internal error: java.lang.IllegalStateException: two lines", 1, true));
    }
}
