/**
 * The {@code heddle} command: translation of arguments into calls of the library and of results into lines, no TLS logic.
 *
 * <p>{@link io.heddle.cli.Main} enters and exits, {@code Heddle} is the root command and owns what all subcommands share
 * (the syntax of durations, the error line and exit code of a failure), and each subcommand is one class named
 * after it. To add one, write {@code XyzCommand} and register it with {@code Heddle}. Exit codes: 0 success, 1 the
 * connection or the measured run failed, 2 wrong usage or unusable files.
 *
 * <p>Null is refused everywhere unless marked.
 */
@NullMarked
package io.heddle.cli;

import org.jspecify.annotations.NullMarked;
