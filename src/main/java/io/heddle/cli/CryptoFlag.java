package io.heddle.cli;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;

import io.heddle.CryptoProvider;
import io.heddle.Tls;
import io.heddle.provider.ProviderTable;
import io.heddle.provider.ProviderTable.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The option {@code --crypto}, and how the providers of cryptography are printed. */
final class CryptoFlag {
    private static final String NAME = "--crypto";

    /** The commands that perform handshakes. */
    private static final Set<String> COMMANDS = Set.of("serve", "connect", "load", "run");

    /** Conscrypt's folder for its library, which otherwise lies in the folder for all users' temporary files while it is loaded. */
    private static final String CONSCRYPT_FOLDER = "org.conscrypt.native.workdir";

    @Option(
            names = NAME,
            paramLabel = "auto|native|jdk",
            description =
                    "Providers of cryptography: auto, native libraries where they are faster; native, which fails without "
                            + "them; jdk, none (default: auto, in connect jdk: a handshake is faster than loading a library).")
    private @Nullable Mode crypto;

    /**
     * Sets the choice for this JVM, and begins to load libraries while the command line is parsed. Called once, before anything else
     * of Heddle.
     */
    static void begin(String... args) {
        if (args.length == 0 || !COMMANDS.contains(args[0])) {
            return;
        }
        Optional<Mode> chosen = chosen(args);
        if (chosen.isEmpty() && args[0].equals("connect") && System.getProperty(ProviderTable.PROPERTY) == null) {
            chosen = Optional.of(Mode.JDK);
        }
        chosen.ifPresent(mode -> System.setProperty(ProviderTable.PROPERTY, mode.text()));
        Optional<Path> folder = chosen.equals(Optional.of(Mode.JDK)) ? Optional.empty() : privateFolder();
        Thread.ofPlatform().name("heddle-crypto").daemon().start(() -> load(folder));
    }

    /** Returns the value of the option; empty if it is missing or wrong, which the parser reports. */
    static Optional<Mode> chosen(String... args) {
        for (int i = args.length - 1; i > 0; i--) {
            String value = args[i - 1].equals(NAME)
                    ? args[i]
                    : args[i].startsWith(NAME + "=") ? args[i].substring(NAME.length() + 1) : "";
            Optional<Mode> mode = Arrays.stream(Mode.values())
                    .filter(candidate -> candidate.text().equalsIgnoreCase(value))
                    .findFirst();
            if (mode.isPresent()) {
                return mode;
            }
        }
        return Optional.empty();
    }

    /** Creates the folder for Conscrypt's library, unless the user has chosen one. */
    private static Optional<Path> privateFolder() {
        if (System.getProperty(CONSCRYPT_FOLDER) != null) {
            return Optional.empty();
        }
        try {
            Path folder = Files.createTempDirectory("heddle-");
            System.setProperty(CONSCRYPT_FOLDER, folder.toString());
            return Optional.of(folder);
        } catch (IOException e) {
            // Conscrypt cannot write its library either, which is reported when it is loaded.
            return Optional.empty();
        }
    }

    private static void load(Optional<Path> folder) {
        try {
            ProviderTable.get();
        } catch (IllegalArgumentException | IllegalStateException e) {
            // The command meets the same failure and reports it.
        }
        try {
            if (folder.isPresent()) {
                // Conscrypt has deleted the file in it.
                Files.deleteIfExists(folder.get());
            }
        } catch (IOException e) {
            // An empty folder is left.
        }
    }

    /** Refuses the mode native where there is no native library. */
    void check(CommandSpec command) {
        if (crypto != Mode.NATIVE) {
            return;
        }
        try {
            if (Tls.cryptoProvider().isNative()) {
                return;
            }
        } catch (IllegalStateException e) {
            throw new ParameterException(command.commandLine(), NAME + " native: " + e.getMessage(), e);
        }
        throw new ParameterException(command.commandLine(), NAME + " native: no native library was loaded");
    }

    /** Returns the JSON of the providers in use. */
    static Map<String, @Nullable Object> values(CryptoProvider used) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        values.put("native", used.isNative());
        values.put("algorithms", used.algorithms());
        return values;
    }

    /** Returns the providers in use, each with its algorithms. */
    static String text(CryptoProvider used) {
        return used.algorithms().entrySet().stream()
                .collect(groupingBy(
                        Map.Entry::getValue, TreeMap::new, mapping(Map.Entry::getKey, joining(", ", "(", ")"))))
                .entrySet()
                .stream()
                .map(provider -> provider.getKey() + " " + provider.getValue())
                .collect(joining(", "));
    }
}
