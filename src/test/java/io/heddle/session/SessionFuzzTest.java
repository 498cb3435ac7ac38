package io.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.gson.JsonObject;
import io.heddle.session.server.TicketSealer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Hostile bytes: the result is a session or the one documented refusal. A run is repeated with {@code
 * -Dheddle.fuzz.seed=}.
 */
@Tag("fuzz")
class SessionFuzzTest {
    private static final int ROUNDS = 10_000;

    static final List<String> FILES = Vectors.FILES;

    private static final long SEED = Long.getLong("heddle.fuzz.seed", System.nanoTime());

    private final Random random = new Random(SEED);

    @BeforeAll
    static void print_the_seed() {
        System.out.println("SessionFuzzTest: -Dheddle.fuzz.seed=" + SEED);
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void no_truncated_session_is_read(String file) {
        for (String session : Vectors.sessions(file)) {
            byte[] der = HexFormat.of().parseHex(session);
            for (int length = 0; length < der.length; length++) {
                byte[] cut = Arrays.copyOf(der, length);
                assertThat(reads(cut))
                        .as("%d of %d bytes of %s", length, der.length, file)
                        .isFalse();
            }
        }
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void a_session_with_a_changed_byte_is_refused_or_is_another_session(String file) {
        List<String> sessions = Vectors.sessions(file);
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] der = HexFormat.of().parseHex(sessions.get(random.nextInt(sessions.size())));
            change(der);
            read += reads(der) ? 1 : 0;
        }
        // Most bytes are secrets and certificates, where any value will do; lengths and tags are not.
        assertThat(read).as("seed %d, %s", SEED, file).isBetween(1, ROUNDS - 1);
    }

    @Test
    void a_session_of_heddle_with_a_changed_byte_is_refused_or_is_another_session() {
        byte[] original = TestSessions.foreign(SessionState.TLS13)
                .peerCertificate(TestSessions.LEAF)
                .hostName("shop.example")
                .extras(SessionExtras.of(
                        TestSessions.NOW,
                        ClientCertificatePolicy.REQUIRE,
                        List.of(TestSessions.LEAF, TestSessions.ISSUER)))
                .build()
                .toDer();
        for (int round = 0; round < ROUNDS; round++) {
            byte[] der = original.clone();
            change(der);
            reads(der);
        }
    }

    @Test
    void no_truncated_session_in_nodes_form_is_read() {
        byte[] whole = nodes();
        for (int length = 0; length < whole.length; length++) {
            assertThat(readsEither(Arrays.copyOf(whole, length)))
                    .as("%d of %d bytes", length, whole.length)
                    .isFalse();
        }
        assertThat(readsEither(whole)).isTrue();
    }

    @Test
    void a_session_in_nodes_form_with_a_changed_byte_is_refused_or_is_another_session() {
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] data = nodes();
            change(data);
            read += readsEither(data) ? 1 : 0;
        }
        assertThat(read).as("seed %d", SEED).isBetween(1, ROUNDS - 1);
    }

    private static byte[] nodes() {
        return TestSessions.foreign(SessionState.TLS13)
                .ticket(TestSessions.filled(160, 0xEF))
                .build()
                .toNode("shop.example");
    }

    @Test
    void random_bytes_are_refused() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] der = new byte[random.nextInt(200)];
            random.nextBytes(der);
            if (der.length > 1) {
                der[0] = 0x30;
                der[1] = (byte) random.nextInt(256);
            }
            assertThat(reads(der))
                    .as("seed %d: %s", SEED, HexFormat.of().formatHex(der))
                    .isFalse();
        }
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void no_ticket_with_a_changed_byte_opens(String file) {
        for (JsonObject object : Vectors.objects(file, "ticket_hex", "iv_hex", "plaintext_der_hex")) {
            byte[] original = Vectors.hex(object, "ticket_hex");
            TicketSealer sealer =
                    new TicketSealer(TicketKeyManager.of(Vectors.keys(Vectors.file(file))), new SecureRandom());
            assertThat(sealer.open(original)).isPresent();
            for (int round = 0; round < ROUNDS; round++) {
                byte[] ticket = original.clone();
                change(ticket);
                assertThat(sealer.open(ticket)).as("seed %d, %s", SEED, file).isEmpty();
            }
        }
    }

    private void change(byte[] bytes) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
    }

    private boolean readsEither(byte[] data) {
        try {
            SessionState session = SessionState.fromBytes(data);
            if (session.boundTo().isPresent()) {
                byte[] written = session.toNode(session.boundTo().get());
                SessionState again = SessionState.fromBytes(written);
                assertThat(again.boundTo()).isEqualTo(session.boundTo());
                assertThat(again.toDer()).isEqualTo(session.toDer());
            }
            return true;
        } catch (MalformedSession refused) {
            return false;
        } catch (RuntimeException e) {
            return fail("seed %d: %s".formatted(SEED, HexFormat.of().formatHex(data)), e);
        }
    }

    private boolean reads(byte[] der) {
        try {
            SessionState session = SessionState.fromDer(der);
            // What was read can be written, and that can be read again and stays as it is.
            byte[] written = session.toDer();
            assertThat(SessionState.fromDer(written).toDer()).isEqualTo(written);
            assertThat(session.toString()).isNotEmpty();
            return true;
        } catch (MalformedSession refused) {
            return false;
        } catch (RuntimeException e) {
            return fail("seed %d: %s".formatted(SEED, HexFormat.of().formatHex(der)), e);
        }
    }
}
