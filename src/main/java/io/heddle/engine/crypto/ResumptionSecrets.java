package io.heddle.engine.crypto;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.bouncycastle.tls.crypto.impl.jcajce.JceTlsSecret;

/**
 * The part of the TLS 1.3 key schedule where a resumption PSK differs from an external one.
 *
 * <p>bctls 1.84 supports external PSKs only and derives each binder key with the label "ext binder". RFC 8446 7.1
 * requires "res binder" for the PSK of a ticket. The PSK is therefore of a class of its own; the extraction
 * recognizes it and marks the early secret, and the early secret replaces the label of that one expansion. External
 * PSKs pass unchanged.
 */
public final class ResumptionSecrets {
    private static final byte[] EXTERNAL = "tls13 ext binder".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] RESUMPTION = "tls13 res binder".getBytes(StandardCharsets.US_ASCII);

    private ResumptionSecrets() {}

    /** Returns the PSK of a ticket; the array becomes the secret's own and is not copied. */
    public static JceTlsSecret psk(JcaTlsCrypto crypto, byte[] key) {
        return new ResumptionPsk(crypto, key);
    }

    /** Returns the salt that a key schedule starts with. */
    static JceTlsSecret start(JcaTlsCrypto crypto, int hashLength) {
        return new Salt(crypto, new byte[hashLength]);
    }

    private static final class ResumptionPsk extends JceTlsSecret {
        ResumptionPsk(JcaTlsCrypto crypto, byte[] data) {
            super(crypto, data);
        }
    }

    private static final class Salt extends JceTlsSecret {
        Salt(JcaTlsCrypto crypto, byte[] data) {
            super(crypto, data);
        }

        // The monitor that bctls takes here is taken by the call to it; a key schedule has one thread anyway.
        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized")
        public TlsSecret hkdfExtract(int hash, TlsSecret ikm) {
            TlsSecret extracted = super.hkdfExtract(hash, ikm);
            return ikm instanceof ResumptionPsk ? new EarlySecret(crypto, extracted.extract()) : extracted;
        }
    }

    private static final class EarlySecret extends JceTlsSecret {
        EarlySecret(JcaTlsCrypto crypto, byte[] data) {
            super(crypto, data);
        }

        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized")
        public TlsSecret hkdfExpand(int hash, byte[] info, int length) {
            return super.hkdfExpand(hash, forResumption(info), length);
        }

        /** HkdfLabel is: uint16 length, opaque label of one length byte, opaque context (RFC 8446 7.1). */
        private static byte[] forResumption(byte[] info) {
            int label = 3;
            if (info.length < label + EXTERNAL.length || info[2] != EXTERNAL.length) {
                return info;
            }
            for (int i = 0; i < EXTERNAL.length; i++) {
                if (info[label + i] != EXTERNAL[i]) {
                    return info;
                }
            }
            byte[] changed = info.clone();
            System.arraycopy(RESUMPTION, 0, changed, label, RESUMPTION.length);
            return changed;
        }
    }
}
