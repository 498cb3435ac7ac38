package io.heddle.engine.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;

/** The ciphers that directions keep: those in use do, and no more than a fixed number in all. */
class CipherCacheTest {
    private static final int MORE_THAN_KEPT = 3000;

    private final AtomicInteger created = new AtomicInteger();
    private final CipherCache cache = new CipherCache(() -> {
        created.incrementAndGet();
        return Cipher.getInstance("AES/GCM/NoPadding");
    });

    @Test
    void a_direction_in_use_keeps_its_cipher() throws Exception {
        var place = new CipherCache.Place();
        Cipher cipher = cache.take(place);
        cache.give(place, cipher);
        assertThat(cache.take(place)).isSameAs(cipher);
        assertThat(created).hasValue(1);
    }

    @Test
    void two_operations_at_once_have_a_cipher_each() throws Exception {
        var place = new CipherCache.Place();
        assertThat(cache.take(place)).isNotSameAs(cache.take(place));
    }

    @Test
    void a_direction_gives_its_cipher_up_when_many_others_were_used_since() throws Exception {
        List<CipherCache.Place> places = new ArrayList<>();
        for (int i = 0; i < MORE_THAN_KEPT; i++) {
            var place = new CipherCache.Place();
            cache.give(place, cache.take(place));
            places.add(place);
        }
        long kept = places.stream().filter(place -> place.get() != null).count();
        assertThat(kept).isEqualTo(1024);
        assertThat(places.getFirst().get()).isNull();
        assertThat(created).as("the ciphers that were given up are used again").hasValueLessThan(MORE_THAN_KEPT);
        // It can be used as before.
        cache.give(places.getFirst(), cache.take(places.getFirst()));
        assertThat(places.getFirst().get()).isNotNull();
    }
}
