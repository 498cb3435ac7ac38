package io.heddle.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code heddle --version} prints: the version in the jar's manifest, and the Java that runs it. */
final class HeddleVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Heddle.class.getPackage().getImplementationVersion();
        return new String[] {
            "heddle " + (version == null ? "(not packaged)" : version),
            "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name")
        };
    }
}
