package io.heddle.engine.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.crypto.TlsCryptoUtils;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.impl.AbstractTlsSecret;
import org.bouncycastle.tls.crypto.impl.jcajce.JceTlsSecret;

/**
 * A secret of a handshake, and what is derived from it: with HKDF in TLS 1.3 (RFC 8446 7.1, RFC 5869), with the PRF in TLS
 * 1.2 (RFC 5246 5). bctls 1.84 looks up a MAC by its name for each of these; versions below 1.2 and other hashes are left to
 * it.
 *
 * <p>A secret that comes from the PSK of a ticket derives its binder key with the label "res binder". bctls supports
 * external PSKs only and always takes "ext binder". The PSK is therefore marked, and so is the early secret that is
 * extracted from it, which replaces the label of that one expansion.
 *
 * <p>Confined to the thread of its handshake, as the key schedule is: the monitors of bctls' class are not needed here.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized")
public final class HandshakeSecret extends JceTlsSecret {
    private static final byte[] EXTERNAL = "tls13 ext binder".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] RESUMPTION = "tls13 res binder".getBytes(StandardCharsets.US_ASCII);

    /** Where the label begins in an HkdfLabel: behind uint16 length and its own length (RFC 8446 7.1). */
    private static final int LABEL_AT = 3;

    /** RFC 5869 2.3. */
    private static final int MOST_BLOCKS = 255;

    private final boolean ofTicket;

    /** Takes the array as its own, which is not copied. */
    HandshakeSecret(ProviderCrypto crypto, byte[] data) {
        this(crypto, data, false);
    }

    private HandshakeSecret(ProviderCrypto crypto, byte[] data, boolean ofTicket) {
        super(crypto, data);
        this.ofTicket = ofTicket;
    }

    /** Returns the PSK of a ticket; the array becomes the secret's own and is not copied. */
    public static HandshakeSecret ofTicket(ProviderCrypto crypto, byte[] key) {
        return new HandshakeSecret(crypto, key, true);
    }

    private HandshakeSecret next(byte[] derived, boolean fromTicket) {
        return new HandshakeSecret((ProviderCrypto) crypto, derived, fromTicket);
    }

    @Override
    public TlsSecret hkdfExtract(int hash, TlsSecret ikm) {
        if (!Hmac.has(hash)) {
            return super.hkdfExtract(hash, ikm);
        }
        checkAlive();
        byte[] salt = data;
        data = null;
        byte[] input = copyData((AbstractTlsSecret) ikm);
        Hmac hmac = Hmac.of(hash, salt);
        try {
            hmac.update(input);
            return next(hmac.finish(), ikm instanceof HandshakeSecret secret && secret.ofTicket);
        } finally {
            hmac.release();
            Arrays.fill(input, (byte) 0);
            Arrays.fill(salt, (byte) 0);
        }
    }

    @Override
    public TlsSecret hkdfExpand(int hash, byte[] info, int length) {
        byte[] label = ofTicket && isExternalBinder(info) ? resumptionBinder(info) : info;
        if (!Hmac.has(hash)) {
            return super.hkdfExpand(hash, label, length);
        }
        checkAlive();
        return next(expand(hash, label, length), false);
    }

    private byte[] expand(int hash, byte[] info, int length) {
        Hmac hmac = Hmac.of(hash, data);
        try {
            if (length > MOST_BLOCKS * hmac.length()) {
                throw new IllegalArgumentException(
                        "HKDF expands to %d bytes at most, not to %d".formatted(MOST_BLOCKS * hmac.length(), length));
            }
            byte[] out = new byte[length];
            byte[] block = new byte[hmac.length()];
            int at = 0;
            for (byte counter = 1; at < length; counter++) {
                if (at > 0) {
                    hmac.update(block);
                }
                hmac.update(info);
                hmac.update(counter);
                hmac.finish(block, 0);
                int part = Math.min(block.length, length - at);
                System.arraycopy(block, 0, out, at, part);
                at += part;
            }
            Arrays.fill(block, (byte) 0);
            return out;
        } finally {
            hmac.release();
        }
    }

    @Override
    public TlsSecret deriveUsingPRF(int prf, String label, byte[] seed, int length) {
        if (prf != PRFAlgorithm.tls_prf_sha256 && prf != PRFAlgorithm.tls_prf_sha384) {
            return super.deriveUsingPRF(prf, label, seed, length);
        }
        checkAlive();
        byte[] out = new byte[length];
        byte[] ascii = label.getBytes(StandardCharsets.US_ASCII);
        Hmac hmac = Hmac.of(TlsCryptoUtils.getHashForPRF(prf), data);
        try {
            byte[] chain = new byte[hmac.length()];
            byte[] block = new byte[hmac.length()];
            for (int at = 0; at < length; at += block.length) {
                if (at == 0) {
                    hmac.update(ascii);
                    hmac.update(seed);
                } else {
                    hmac.update(chain);
                }
                hmac.finish(chain, 0);
                hmac.update(chain);
                hmac.update(ascii);
                hmac.update(seed);
                hmac.finish(block, 0);
                System.arraycopy(block, 0, out, at, Math.min(block.length, length - at));
            }
            Arrays.fill(chain, (byte) 0);
            Arrays.fill(block, (byte) 0);
        } finally {
            hmac.release();
        }
        return next(out, false);
    }

    @Override
    public byte[] calculateHMAC(int hash, byte[] input, int offset, int length) {
        if (!Hmac.has(hash)) {
            return super.calculateHMAC(hash, input, offset, length);
        }
        checkAlive();
        Hmac hmac = Hmac.of(hash, data);
        try {
            hmac.update(input, offset, length);
            return hmac.finish();
        } finally {
            hmac.release();
        }
    }

    private static boolean isExternalBinder(byte[] info) {
        return info.length >= LABEL_AT + EXTERNAL.length
                && info[LABEL_AT - 1] == EXTERNAL.length
                && Arrays.equals(info, LABEL_AT, LABEL_AT + EXTERNAL.length, EXTERNAL, 0, EXTERNAL.length);
    }

    private static byte[] resumptionBinder(byte[] info) {
        byte[] changed = info.clone();
        System.arraycopy(RESUMPTION, 0, changed, LABEL_AT, RESUMPTION.length);
        return changed;
    }
}
