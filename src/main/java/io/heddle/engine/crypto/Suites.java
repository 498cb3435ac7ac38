package io.heddle.engine.crypto;

import io.heddle.cipher.Suite;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.tls.PRFAlgorithm;

/** Suites as bctls has them, by number, and lists of them. */
public final class Suites {
    private Suites() {}

    public static int prf(Suite suite) {
        return suite.hash() == Suite.Hash.SHA384 ? PRFAlgorithm.tls13_hkdf_sha384 : PRFAlgorithm.tls13_hkdf_sha256;
    }

    public static int hashLength(Suite suite) {
        return suite.hash() == Suite.Hash.SHA384 ? 48 : 32;
    }

    public static boolean isPsk(int suite) {
        return Suite.of(suite).filter(each -> each.keyExchange().isPsk()).isPresent();
    }

    /** Returns these with ChaCha20 in front, for a client without AES in hardware; else in the same order. */
    public static List<Suite> chaChaFirst(List<Suite> suites) {
        List<Suite> order = new ArrayList<>(suites);
        order.sort((a, b) -> Boolean.compare(
                a.encryption() != Suite.Encryption.CHACHA20_POLY1305,
                b.encryption() != Suite.Encryption.CHACHA20_POLY1305));
        return order;
    }
}
