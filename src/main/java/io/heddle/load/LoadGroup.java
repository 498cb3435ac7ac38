package io.heddle.load;

/**
 * What came of one target.
 *
 * @param name of the {@link LoadTarget}
 */
public record LoadGroup(String name, LoadFigures figures) {}
