package io.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class ErrorLineTest {
    @Test
    void a_failed_connection_is_its_code_and_sentence_and_exit_code_1() {
        var failure = TlsFailure.Code.ERR_SSL_NO_SHARED_CIPHER.failure("cipher: client offered %s", "[RC4]");
        assertLine(failure, "heddle: ERR_SSL_NO_SHARED_CIPHER: " + failure.getMessage(), 1);
    }

    @Test
    void an_option_that_cannot_work_is_wrong_usage() {
        var option = new InvalidOption("ERR_INVALID_ARG_VALUE", "ticket keys: 48 bytes");
        assertLine(option, "heddle: ERR_INVALID_ARG_VALUE: ticket keys: 48 bytes", 2);
    }

    @Test
    void a_file_that_cannot_be_used_is_wrong_usage() {
        assertLine(new NoSuchFileException("a.pem"), "heddle: ENOENT: a.pem: no such file", 2);
        assertLine(new AccessDeniedException("a.pem"), "heddle: EACCES: a.pem: permission denied", 2);
        assertLine(new FileSystemException("a.pem", null, "Is a directory"), "heddle: EIO: a.pem: Is a directory", 2);
        assertLine(
                new FileSystemException("a.pem", null, "Read-only file system"),
                "heddle: EROFS: a.pem: Read-only file system",
                2);
        assertLine(
                new FileSystemException("a.pem", null, "No space left on device"),
                "heddle: ENOSPC: a.pem: No space left on device",
                2);
        assertLine(
                new FileSystemException("a.pem", null, "Too many open files"),
                "heddle: EMFILE: a.pem: Too many open files",
                2);
    }

    @Test
    void a_broken_connection_is_exit_code_1() {
        assertLine(new IOException("Broken pipe"), "heddle: EPIPE: Broken pipe", 1);
        assertLine(new SocketException("Connection reset"), "heddle: ECONNRESET: Connection reset", 1);
        assertLine(new IOException("something else"), "heddle: EIO: something else", 1);
    }

    @Test
    void a_connection_that_cannot_be_made_has_the_name_of_the_operating_system() {
        assertLine(new ConnectException("Connection refused"), "heddle: ECONNREFUSED: Connection refused", 1);
        assertLine(new ConnectException("Connection timed out"), "heddle: ETIMEDOUT: Connection timed out", 1);
        assertLine(new SocketTimeoutException("Connect timed out"), "heddle: ETIMEDOUT: Connect timed out", 1);
        assertLine(new NoRouteToHostException("No route to host"), "heddle: EHOSTUNREACH: No route to host", 1);
        assertLine(new UnknownHostException("host: x"), "heddle: ENOTFOUND: host: x", 1);
        assertLine(new SocketException("No such file or directory"), "heddle: ENOENT: No such file or directory", 1);
    }

    @Test
    void a_port_that_cannot_be_had_has_the_name_of_the_operating_system() {
        assertLine(new BindException("Address already in use"), "heddle: EADDRINUSE: Address already in use", 1);
        assertLine(new BindException("Permission denied"), "heddle: EACCES: Permission denied", 1);
        assertLine(
                new BindException("Cannot assign requested address"),
                "heddle: EADDRNOTAVAIL: Cannot assign requested address",
                1);
    }

    @Test
    void a_failure_of_the_command_keeps_its_code_and_says_what_it_is_about() {
        var refused = CommandException.of("[::1]:443", new ConnectException("Connection refused"));
        assertLine(refused, "heddle: ECONNREFUSED: [::1]:443: Connection refused", 1);
        assertThat(refused).hasCauseInstanceOf(ConnectException.class);
    }

    @Test
    void a_defect_of_the_command_is_called_one() {
        var defect = new IllegalStateException("two\n  lines");
        assertLine(defect, "heddle: internal error: java.lang.IllegalStateException: two lines", 1);
        assertThat(ErrorLine.of(defect).unexpected()).isTrue();
        assertThat(ErrorLine.of(new IOException("no defect")).unexpected()).isFalse();
    }

    private static void assertLine(Exception failure, String text, int exitCode) {
        ErrorLine line = ErrorLine.of(failure);
        assertThat(line.text()).isEqualTo(text);
        assertThat(line.exitCode()).isEqualTo(exitCode);
    }
}
