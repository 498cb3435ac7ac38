package io.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.failure.InvalidOption;
import java.lang.reflect.Field;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TicketKeysTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 47, 49, 80})
    void refuses_keys_that_do_not_have_48_bytes(int length) {
        assertThatThrownBy(() -> TicketKeys.fromBytes(new byte[length]))
                .isInstanceOfSatisfying(
                        InvalidOption.class, e -> assertThat(e.code()).isEqualTo("ERR_INVALID_ARG_VALUE"))
                .hasMessage(
                        "ticketKeys: a key of %d bytes was given, a ticket key has exactly 48 (name, HMAC key and AES key of 16 each)"
                                .formatted(length));
    }

    @Test
    void refuses_no_key_at_all() {
        assertThatThrownBy(TicketKeys::fromBytes)
                .isInstanceOfSatisfying(
                        InvalidOption.class, e -> assertThat(e.code()).isEqualTo("ERR_INVALID_ARG_VALUE"))
                .hasMessage("ticketKeys: no key was given, at least one is needed");
    }

    @Test
    void returns_the_48_bytes_of_the_first_key() {
        byte[] first = TestSessions.filled(48, 1);
        TicketKeys keys = TicketKeys.fromBytes(first, TestSessions.filled(48, 2));
        assertThat(keys.toBytes()).isEqualTo(first);
        assertThat(keys.all()).hasSize(2);
        assertThat(keys.all().getFirst().name()).isEqualTo(TestSessions.filled(16, 1));
    }

    @Test
    void copies_arrays_in_and_out() {
        byte[] bytes = TestSessions.filled(48, 1);
        TicketKey key = TicketKey.of(bytes);
        bytes[20] = 9;
        key.toBytes()[20] = 9;
        key.name()[0] = 9;
        assertThat(key.toBytes()).isEqualTo(TestSessions.filled(48, 1));
        assertThat(key.name()).isEqualTo(TestSessions.filled(16, 1));
    }

    @Test
    void random_keys_differ_in_every_part() {
        byte[] one = TicketKeys.random(RANDOM).toBytes();
        byte[] other = TicketKeys.random(RANDOM).toBytes();
        for (int part = 0; part < 48; part += 16) {
            assertThat(List.of(one[part], one[part + 1], one[part + 2], one[part + 3], one[part + 15]))
                    .isNotEqualTo(
                            List.of(other[part], other[part + 1], other[part + 2], other[part + 3], other[part + 15]));
        }
    }

    @Test
    void shows_the_name_and_nothing_secret() {
        byte[] bytes = TestSessions.filled(48, 0xEE);
        System.arraycopy(TestSessions.filled(16, 0x0A), 0, bytes, 0, 16);
        TicketKeys keys = TicketKeys.fromBytes(bytes);
        assertThat(keys).hasToString("TicketKeys[TicketKey[" + "0a".repeat(16) + "]]");
        assertThat(TicketKeyManager.of(keys)).hasToString("TicketKeyManager[" + keys + "]");
    }

    @Test
    void a_manager_returns_the_keys_that_were_set_last() {
        TicketKeys first = TicketKeys.random(RANDOM);
        TicketKeys second = TicketKeys.random(RANDOM);
        TicketKeyManager manager = TicketKeyManager.of(first);
        assertThat(manager.current()).isSameAs(first);
        manager.set(second);
        assertThat(manager.current()).isSameAs(second);
    }

    @Test
    void replaced_keys_are_wiped_once_unreachable() throws Exception {
        TicketKeyManager manager = TicketKeyManager.of(TicketKeys.fromBytes(TestSessions.filled(48, 7)));
        byte[] kept = secretOf(manager.current());
        assertThat(kept).isEqualTo(TestSessions.filled(48, 7));

        manager.set(TicketKeys.random(RANDOM));

        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            System.gc();
            return kept[47] == 0;
        });
        assertThat(kept).isEqualTo(new byte[48]);
    }

    @Test
    void replaced_keys_are_not_wiped_while_in_use() throws Exception {
        TicketKeys held = TicketKeys.fromBytes(TestSessions.filled(48, 7));
        TicketKeyManager manager = TicketKeyManager.of(held);
        manager.set(TicketKeys.fromBytes(TestSessions.filled(48, 8)));
        byte[] dropped = secretOf(manager.current());
        manager.set(TicketKeys.random(RANDOM));

        // When the ones in between are gone, the collector has been here, and would have taken the first ones too.
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            System.gc();
            return dropped[47] == 0;
        });

        manager.set(held);
        assertThat(manager.current().toBytes()).isEqualTo(TestSessions.filled(48, 7));
    }

    private static byte[] secretOf(TicketKeys keys) throws ReflectiveOperationException {
        Field bytes = TicketKey.class.getDeclaredField("bytes");
        bytes.setAccessible(true);
        return (byte[]) bytes.get(keys.sealing());
    }
}
