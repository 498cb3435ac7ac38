package io.heddle.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.provider.ProviderTable.Mode;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProviderTableTest {
    private static final Provider CORRETTO = loaded(NativeProvider.CORRETTO);
    private static final Provider CONSCRYPT = loaded(NativeProvider.CONSCRYPT);

    private static Provider loaded(NativeProvider provider) {
        return provider.load().orElseThrow(() -> new AssertionError(provider.artifact + " is not on the class path"));
    }

    private static List<String> installed() {
        return Arrays.stream(Security.getProviders()).map(Provider::getName).toList();
    }

    @Test
    void a_mode_has_the_name_of_the_option() {
        assertThat(Mode.of("auto")).isEqualTo(Mode.AUTO);
        assertThat(Mode.of("native")).isEqualTo(Mode.NATIVE);
        assertThat(Mode.of("jdk")).isEqualTo(Mode.JDK);
        assertThatThrownBy(() -> Mode.of("NATIVE"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("crypto: there is no mode \"NATIVE\"; auto, native and jdk are allowed");
    }

    @Test
    void native_providers_do_the_arithmetic_of_handshakes() {
        ProviderTable table = ProviderTable.of(
                Mode.NATIVE, Map.of(NativeProvider.CORRETTO, CORRETTO, NativeProvider.CONSCRYPT, CONSCRYPT));

        assertThat(table.hasNative()).isTrue();
        assertThat(table.provider(Algorithm.EC)).isSameAs(CORRETTO);
        assertThat(table.provider(Algorithm.RSA)).isSameAs(CORRETTO);
        assertThat(table.provider(Algorithm.X25519)).isSameAs(CONSCRYPT);
        assertThat(installed()).contains(table.provider(Algorithm.HMAC).getName());
    }

    @Test
    void conscrypt_alone_does_all_of_it() {
        ProviderTable table = ProviderTable.of(Mode.NATIVE, Map.of(NativeProvider.CONSCRYPT, CONSCRYPT));

        assertThat(table.provider(Algorithm.EC)).isSameAs(CONSCRYPT);
        assertThat(table.provider(Algorithm.RSA)).isSameAs(CONSCRYPT);
        assertThat(table.provider(Algorithm.X25519)).isSameAs(CONSCRYPT);
    }

    @Test
    void the_jdk_does_what_no_native_provider_does() {
        ProviderTable table = ProviderTable.of(Mode.AUTO, Map.of(NativeProvider.CORRETTO, CORRETTO));

        assertThat(table.hasNative()).isTrue();
        assertThat(table.provider(Algorithm.EC)).isSameAs(CORRETTO);
        assertThat(installed()).contains(table.provider(Algorithm.X25519).getName());
    }

    @Test
    void the_mode_jdk_has_installed_providers_alone() {
        ProviderTable table = ProviderTable.of(Mode.JDK);

        assertThat(table.hasNative()).isFalse();
        assertThat(table.provider(Algorithm.EC).getName()).isEqualTo("SunEC");
        assertThat(table.providers().keySet()).containsExactly(Algorithm.values());
    }

    @Test
    void the_mode_native_names_what_is_missing() {
        assertThatThrownBy(() -> ProviderTable.of(Mode.NATIVE, Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "crypto: the mode native needs a native provider for [EC, RSA, X25519], none could be loaded; "
                                + "software.amazon.cryptools:AmazonCorrettoCryptoProvider and "
                                + "org.conscrypt:conscrypt-openjdk-uber are supported");
        assertThatThrownBy(() -> ProviderTable.of(Mode.NATIVE, Map.of(NativeProvider.CORRETTO, CORRETTO)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("for [X25519], none");
    }

    @Test
    void nothing_is_registered_with_the_jdk() {
        List<String> before = installed();

        ProviderTable.of(Mode.AUTO);

        assertThat(installed()).isEqualTo(before).doesNotContain(CORRETTO.getName(), CONSCRYPT.getName());
    }
}
