package io.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heddle.CryptoProvider;
import io.heddle.interop.JavaProgram;
import io.heddle.interop.ProgramResult;
import io.heddle.interop.RunningProgram;
import io.heddle.provider.ProviderTable.Mode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CryptoFlagTest {
    private static final List<String> NATIVE_JARS = List.of("AmazonCorrettoCryptoProvider", "conscrypt");

    /** A load that fails at once and prints its result. */
    private static final String[] LOAD = {
        "load", "127.0.0.1:1", "--insecure", "--handshakes", "1", "--warmup", "0s", "-c", "1", "--json", "--crypto"
    };

    private static String[] load(String mode) {
        String[] arguments = List.of(LOAD).toArray(new String[LOAD.length + 1]);
        arguments[LOAD.length] = mode;
        return arguments;
    }

    private static JsonObject crypto(ProgramResult result) {
        String json = result.output()
                .lines()
                .filter(line -> line.startsWith("{"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(result.output()));
        return JsonParser.parseString(json).getAsJsonObject().getAsJsonObject("crypto");
    }

    @ParameterizedTest
    @CsvSource({
        "serve --crypto jdk, JDK",
        "connect --crypto=native h:1, NATIVE",
        "load --crypto AUTO, AUTO",
        "load --crypto jdk --crypto native, NATIVE"
    })
    void is_found_before_the_command_line_is_parsed(String line, Mode mode) {
        assertThat(CryptoFlag.chosen(line.split(" "))).contains(mode);
    }

    @ParameterizedTest
    @CsvSource({"serve", "serve --crypto", "serve --crypto fast", "serve jdk", "serve --cryptojdk"})
    void is_left_to_the_parser_where_it_is_missing_or_wrong(String line) {
        assertThat(CryptoFlag.chosen(line.split(" "))).isEmpty();
    }

    @Test
    void names_each_provider_with_its_algorithms() {
        var used = new CryptoProvider(true, Map.of("EC", "Native 2", "RSA", "Native 2", "AES", "Other 1"));
        assertThat(CryptoFlag.text(used)).isEqualTo("Native 2 (EC, RSA), Other 1 (AES)");
        assertThat(JsonLine.of(CryptoFlag.values(used)))
                .isEqualTo(
                        "{\"native\":true,\"algorithms\":{\"AES\":\"Other 1\",\"EC\":\"Native 2\",\"RSA\":\"Native 2\"}}");
    }

    @Tag("interop")
    @ParameterizedTest
    @CsvSource({"jdk, false", "native, true", "auto, true"})
    void chooses_the_providers_of_the_command(String mode, boolean isNative) {
        try (RunningProgram program = JavaProgram.start(List.of(), Main.class.getName(), load(mode))) {
            assertThat(crypto(program.awaitEnd()).get("native").getAsBoolean()).isEqualTo(isNative);
        }
    }

    @Tag("interop")
    @Test
    void refuses_native_without_a_native_library() {
        try (RunningProgram program = JavaProgram.startWithout(NATIVE_JARS, Main.class.getName(), load("native"))) {
            ProgramResult result = program.awaitEnd();
            assertThat(result.output())
                    .startsWith(
                            "heddle: --crypto native: crypto: the mode native needs a native provider for [EC, RSA, X25519]");
            assertThat(result.exitCode()).isEqualTo(2);
        }
    }

    @Tag("interop")
    @Test
    void takes_the_providers_of_the_jdk_without_a_native_library() {
        try (RunningProgram program = JavaProgram.startWithout(NATIVE_JARS, Main.class.getName(), load("auto"))) {
            assertThat(crypto(program.awaitEnd()).get("native").getAsBoolean()).isFalse();
        }
    }
}
