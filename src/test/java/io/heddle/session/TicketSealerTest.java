package io.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.session.server.TicketSealer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TicketSealerTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final TicketKey OLD = TicketKey.random(RANDOM);
    private static final TicketKey NEW = TicketKey.random(RANDOM);

    private static TicketSealer sealer(TicketKey... keys) {
        return new TicketSealer(TicketKeyManager.of(TicketKeys.of(List.of(keys))), RANDOM);
    }

    private static SessionState session() {
        return TestSessions.heddle(SessionState.TLS13, ClientCertificatePolicy.NONE)
                .build();
    }

    private static byte[] seal(TicketSealer sealer) {
        return sealer.seal(session()).orElseThrow();
    }

    @Test
    void opens_what_it_sealed_and_two_tickets_of_one_session_differ() {
        TicketSealer sealer = sealer(NEW);
        byte[] one = seal(sealer);
        byte[] other = seal(sealer);
        assertThat(one).isNotEqualTo(other);
        for (byte[] ticket : List.of(one, other)) {
            TicketSealer.Opened opened = sealer.open(ticket).orElseThrow();
            assertThat(opened.state().toDer()).isEqualTo(session().toDer());
            assertThat(opened.renew()).isFalse();
        }
    }

    @Test
    void opens_with_an_older_key_and_reports_that_the_ticket_should_be_renewed() {
        byte[] ticket = seal(sealer(OLD));
        assertThat(sealer(NEW, OLD).open(ticket).orElseThrow().renew()).isTrue();
        assertThat(sealer(OLD, NEW).open(ticket).orElseThrow().renew()).isFalse();
        assertThat(sealer(NEW).open(ticket)).isEmpty();
    }

    @Test
    void seals_with_the_first_key_only() {
        byte[] ticket = seal(sealer(NEW, OLD));
        assertThat(sealer(NEW).open(ticket)).isPresent();
        assertThat(sealer(OLD).open(ticket)).isEmpty();
    }

    @Test
    void follows_the_manager_and_takes_old_tickets_again_when_their_key_is_back() {
        TicketKeyManager manager = TicketKeyManager.of(TicketKeys.of(List.of(OLD)));
        TicketSealer sealer = new TicketSealer(manager, RANDOM);
        byte[] ticket = seal(sealer);
        manager.set(TicketKeys.of(List.of(NEW)));
        assertThat(sealer.open(ticket)).isEmpty();
        assertThat(seal(sealer)).startsWith(NEW.name());
        manager.set(TicketKeys.of(List.of(OLD)));
        assertThat(sealer.open(ticket)).isPresent();
    }

    @Test
    void tries_every_key_of_a_name() {
        byte[] sameName = NEW.toBytes();
        sameName[16] ^= 1;
        byte[] ticket = seal(sealer(NEW));
        assertThat(sealer(TicketKey.of(sameName)).open(ticket)).isEmpty();
        assertThat(sealer(TicketKey.of(sameName), NEW)
                        .open(ticket)
                        .orElseThrow()
                        .renew())
                .isTrue();
    }

    @Test
    void a_key_of_another_name_opens_nothing_even_with_the_same_secrets() {
        byte[] otherName = NEW.toBytes();
        otherName[0] ^= 1;
        assertThat(sealer(NEW).open(seal(sealer(TicketKey.of(otherName))))).isEmpty();
    }

    @Test
    void opens_no_ticket_that_is_cut_off_or_longer() {
        TicketSealer sealer = sealer(NEW);
        byte[] ticket = seal(sealer);
        for (int length = 0; length < ticket.length; length++) {
            assertThat(sealer.open(Arrays.copyOf(ticket, length)))
                    .as("%d of %d bytes", length, ticket.length)
                    .isEmpty();
        }
        for (int more = 1; more <= 64; more++) {
            assertThat(sealer.open(Arrays.copyOf(ticket, ticket.length + more))).isEmpty();
        }
        assertThat(sealer.open(new byte[100_000])).isEmpty();
    }

    /** Such a ticket needs the keys, but may come from another program with another format. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 100})
    void a_well_sealed_ticket_without_a_session_is_no_ticket(int length) {
        byte[] ticket = sealed(NEW, new byte[length]);
        assertThat(sealer(NEW).open(ticket)).isEmpty();
    }

    @Test
    void a_well_sealed_ticket_with_a_byte_too_many_is_no_ticket() {
        byte[] der = session().toDer();
        assertThat(sealer(NEW).open(sealed(NEW, der))).isPresent();
        assertThat(sealer(NEW).open(sealed(NEW, Arrays.copyOf(der, der.length + 1))))
                .isEmpty();
    }

    @Test
    void a_ticket_with_a_good_mac_and_bad_padding_is_no_ticket() throws Exception {
        byte[] ticket = seal(sealer(NEW));
        // The last block but one is added to the last plaintext block, so this changes the padding and nothing else.
        ticket[ticket.length - 32 - 16 - 1] ^= 0x40;
        assertThat(sealer(NEW).open(withMac(NEW, ticket))).isEmpty();
    }

    private static byte[] withMac(TicketKey key, byte[] ticket) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.toBytes(), 16, 16, "HmacSHA256"));
        mac.update(ticket, 0, ticket.length - 32);
        System.arraycopy(mac.doFinal(), 0, ticket, ticket.length - 32, 32);
        return ticket;
    }

    private static byte[] sealed(TicketKey key, byte[] plaintext) {
        byte[] ticket = new byte[TicketCipher.sealedLength(plaintext.length)];
        System.arraycopy(key.name(), 0, ticket, 0, TicketKey.NAME_LENGTH);
        key.acquire().seal(plaintext, ticket);
        return ticket;
    }

    @Test
    void seals_up_to_openssls_limit_and_no_further() {
        SessionState.Builder builder = TestSessions.foreign(SessionState.TLS13);
        int rest = builder.pskIdentity(new byte[60_000]).build().toDer().length - 60_000;
        SessionState largest = builder.pskIdentity(new byte[0xFF00 - rest]).build();
        SessionState tooLarge = builder.pskIdentity(new byte[0xFF00 - rest + 1]).build();
        TicketSealer sealer = sealer(NEW);

        assertThat(largest.toDer()).hasSize(0xFF00);
        byte[] ticket = sealer.seal(largest).orElseThrow();
        assertThat(ticket).hasSize(0xFF00 + 16 + 64);
        assertThat(sealer.open(ticket)).isPresent();
        assertThat(sealer.seal(tooLarge)).isEmpty();
        assertThat(sealer.open(sealed(NEW, tooLarge.toDer()))).isEmpty();
        assertThat(sealer.open(sealed(NEW, new byte[0xFF10]))).isEmpty();
    }

    @Test
    void serves_many_threads_while_keys_are_replaced() throws Exception {
        TicketKeyManager manager = TicketKeyManager.of(TicketKeys.of(List.of(OLD, NEW)));
        TicketSealer sealer = new TicketSealer(manager, RANDOM);
        byte[] der = session().toDer();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> results = IntStream.range(0, 400)
                    .mapToObj(i -> threads.submit(() -> {
                        manager.set(TicketKeys.of(i % 2 == 0 ? List.of(OLD, NEW) : List.of(NEW, OLD)));
                        boolean good = true;
                        for (int round = 0; round < 20; round++) {
                            byte[] opened = sealer.open(seal(sealer))
                                    .orElseThrow()
                                    .state()
                                    .toDer();
                            good &= Arrays.equals(opened, der);
                        }
                        return good;
                    }))
                    .toList();
            for (Future<Boolean> result : results) {
                assertThat(result.get()).isTrue();
            }
        }
    }
}
