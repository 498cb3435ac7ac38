package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeddleTest {
    @Test
    void names_the_unknown_option_in_one_line_and_exits_with_2() {
        CommandRun run = heddle("certs", "--forse");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("heddle: Unknown option: '--forse' (see heddle certs --help)\n");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void names_a_command_that_does_not_exist() {
        CommandRun run = heddle("certificates");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("heddle: Unmatched argument at index 0: 'certificates'");
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void wants_a_command() {
        CommandRun run = heddle();
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("heddle: Missing required subcommand (see heddle --help)\n");
    }

    @Test
    void prints_help_on_the_standard_output_and_exits_with_0() {
        CommandRun run = heddle("--help");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage: heddle").contains("certs").contains("Exit codes:");
        assertThat(run.err()).isEmpty();
        assertThat(heddle("certs", "--help").out()).contains("--force").contains("certs/generated");
    }

    @Test
    void prints_its_version_and_the_java_that_runs_it() {
        CommandRun run = heddle("--version");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("heddle ").contains("Java " + Runtime.version());
    }

    @Test
    void generates_the_completion_of_a_shell() {
        CommandRun run = heddle("generate-completion");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("complete -F _complete_heddle").contains("certs");
    }
}
