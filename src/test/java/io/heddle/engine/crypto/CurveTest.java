package io.heddle.engine.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.cipher.Group;
import io.heddle.provider.FallbackProvider;
import java.io.IOException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsAgreement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each curve on each provider that the tests have: they must compute the same, and refuse the same. */
@Tag("provider")
class CurveTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final ProviderCrypto CRYPTO = new ProviderCrypto(RANDOM);
    private static final List<Provider> PROVIDERS = List.of(
            nativeProvider("com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider"),
            nativeProvider("org.conscrypt.OpenSSLProvider"),
            Security.getProvider("SunEC"),
            FallbackProvider.get());

    private static Provider nativeProvider(String className) {
        try {
            return (Provider) Class.forName(className).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** The pairs of a group and a provider that has it. */
    static Stream<Arguments> curves() {
        return Stream.of(Group.P_256, Group.P_384, Group.P_521, Group.X25519, Group.X448)
                .flatMap(group -> PROVIDERS.stream()
                        .filter(provider -> on(group, provider).isPresent())
                        .map(provider -> Arguments.of(group, provider.getName())));
    }

    private static Optional<Curve> on(Group group, Provider provider) {
        return Curve.on(group, provider, CRYPTO, RANDOM);
    }

    private static TlsAgreement agreement(Group group, String provider) {
        return PROVIDERS.stream()
                .filter(candidate -> candidate.getName().equals(provider))
                .findFirst()
                .flatMap(found -> on(group, found))
                .orElseThrow()
                .createECDH();
    }

    @Test
    void each_provider_has_the_curves_that_the_table_takes_it_for() {
        List<String> pairs =
                curves().map(pair -> pair.get()[0] + " " + pair.get()[1]).toList();

        assertThat(pairs)
                .contains(
                        "P_256 AmazonCorrettoCryptoProvider",
                        "P_384 AmazonCorrettoCryptoProvider",
                        "P_521 AmazonCorrettoCryptoProvider",
                        "P_256 Conscrypt",
                        "X25519 Conscrypt",
                        "P_256 SunEC",
                        "P_384 SunEC",
                        "P_521 SunEC",
                        "X25519 SunEC",
                        "X448 SunEC");
    }

    @ParameterizedTest
    @MethodSource("curves")
    void agrees_with_the_provider_of_the_table(Group group, String provider) throws IOException {
        TlsAgreement one = agreement(group, provider);
        TlsAgreement other = Curve.of(group, CRYPTO, RANDOM).createECDH();
        byte[] point = one.generateEphemeral();
        other.receivePeerValue(point);
        one.receivePeerValue(other.generateEphemeral());

        assertThat(one.calculateSecret().extract())
                .isEqualTo(other.calculateSecret().extract());
    }

    @ParameterizedTest
    @MethodSource("curves")
    void a_point_that_is_not_on_the_curve_is_an_illegal_parameter(Group group, String provider) throws IOException {
        TlsAgreement agreement = agreement(group, provider);
        byte[] invalid = agreement.generateEphemeral();
        if (invalid[0] == 4) {
            invalid[invalid.length - 1] ^= 1;
        } else {
            Arrays.fill(invalid, (byte) 0);
        }
        refused(
                agreement,
                invalid,
                group == Group.X25519 || group == Group.X448 ? "of small order" : "that is not on the curve");
    }

    @ParameterizedTest
    @MethodSource("curves")
    void a_point_of_another_length_is_an_illegal_parameter(Group group, String provider) throws IOException {
        byte[] point = agreement(group, provider).generateEphemeral();
        for (int length : new int[] {0, 1, point.length - 1, point.length + 1}) {
            TlsAgreement agreement = agreement(group, provider);
            agreement.generateEphemeral();
            refused(
                    agreement,
                    Arrays.copyOf(point, length),
                    "with %d bytes, %d are required".formatted(length, point.length));
        }
    }

    private static void refused(TlsAgreement agreement, byte[] point, String reason) {
        assertThatThrownBy(() -> {
                    agreement.receivePeerValue(point);
                    agreement.calculateSecret();
                })
                .isInstanceOfSatisfying(
                        TlsFatalAlert.class,
                        alert -> assertThat(alert.getAlertDescription()).isEqualTo(AlertDescription.illegal_parameter))
                .cause()
                .hasMessageStartingWith("group: the peer sent a public key of ")
                .hasMessageContaining(reason);
    }
}
