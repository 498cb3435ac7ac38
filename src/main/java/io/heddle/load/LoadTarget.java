package io.heddle.load;

import io.heddle.ConnectOptions;

/**
 * Whom some of the virtual users connect to, and how. What they get is counted apart, as a {@link LoadGroup} of this name.
 *
 * @param name for the report
 * @param options host, port and everything of TLS
 */
public record LoadTarget(String name, ConnectOptions options) {}
