package io.heddle.bogo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.bogo.ExpectedResults.Reason;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of the tests of BoringSSL's runner that are not expected to pass. */
class ExpectedResultsTest {
    private static final Path LIST = Path.of("src/test/bogo/expected.txt");

    @TempDir
    Path folder;

    private ExpectedResults list(String... lines) throws IOException {
        return ExpectedResults.read(Files.write(folder.resolve("expected.txt"), List.of(lines)));
    }

    @Test
    void star_matches_anything_and_the_rest_is_literal() throws IOException {
        ExpectedResults results = list("A.*-TLS1* policy It is so.");
        assertThat(results.reason("A.b-TLS13")).contains(Reason.POLICY);
        assertThat(results.reason("A.-TLS1")).contains(Reason.POLICY);
        assertThat(results.reason("Ab-TLS1")).isEmpty();
        assertThat(results.reason("xA.b-TLS1")).isEmpty();
    }

    @Test
    void name_without_star_takes_precedence_over_the_first_matching_line() throws IOException {
        ExpectedResults results =
                list("A* not-implemented One.", "AB* policy Two.", "ABC boringssl Three.", "# D policy None.", "");
        assertThat(results.reason("AB")).contains(Reason.NOT_IMPLEMENTED);
        assertThat(results.reason("ABC")).contains(Reason.BORINGSSL);
        assertThat(results.reason("D")).isEmpty();
    }

    @Test
    void exception_from_a_later_line_is_expected_to_pass() throws IOException {
        ExpectedResults results = list("AB passes It does.", "A* limit It is so.");
        assertThat(results.reason("AB")).isEmpty();
        assertThat(results.reason("AC")).contains(Reason.LIMIT);
    }

    @Test
    void line_that_matches_no_test_is_reported() throws IOException {
        ExpectedResults results = list("A limit One.", "B* limit Two.", "C limit Three.");
        assertThat(results.reason("A")).isPresent();
        assertThat(results.reason("B1")).isPresent();
        assertThat(results.unused()).containsExactly("C");
    }

    @Test
    void line_without_a_sentence_or_with_another_reason_is_refused() {
        assertThatThrownBy(() -> list("A policy"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("A policy");
        assertThatThrownBy(() -> list("A defect It is broken.")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void list_of_the_project_can_be_read() throws IOException {
        assertThat(ExpectedResults.read(LIST).reason("TLS-ECH-Client")).contains(Reason.NOT_IMPLEMENTED);
        assertThat(FailureNames.read(Path.of("src/test/bogo/errors.txt"))
                        .of(TlsFailure.Code.ERR_SSL_UNEXPECTED_MESSAGE))
                .contains(":UNEXPECTED_RECORD:");
    }
}
