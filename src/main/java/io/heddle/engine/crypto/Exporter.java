package io.heddle.engine.crypto;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsHash;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.util.Arrays;

/**
 * An exporter of keying material for the application: RFC 5705, and RFC 8446 7.5 in TLS 1.3.
 *
 * <p>bctls exports only while it completes the handshake, so this keeps a copy of the secret. It is overwritten
 * when it is no longer reachable: that of a closed connection with its socket, that of a renegotiated one at the
 * next collection.
 *
 * <p>Immutable, thread-safe.
 */
public final class Exporter {
    private static final Cleaner CLEANER = Cleaner.create();

    /**
     * Labels of TLS itself (RFC 5705 4); a label that begins with one could collide with it. OpenSSL compares the
     * beginning too.
     */
    private static final List<String> RESERVED =
            List.of("client finished", "server finished", "master secret", "extended master secret", "key expansion");

    /** RFC 8446 7.1: label&lt;7..255&gt; begins with "tls13 ". */
    private static final int LONGEST_LABEL = 255 - 6;

    private static final int LONGEST_CONTEXT = 0xffff;

    private final TlsCrypto crypto;
    private final boolean tls13;
    private final boolean bound;

    /** The PRF of TLS 1.2 and below, the hash of TLS 1.3. */
    private final int algorithm;

    private final int hashLength;
    private final byte[] secret;

    /** Of the client, then of the server; in TLS 1.3 the secret covers them already. */
    private final byte[] randoms;

    /**
     * Makes an exporter from its parts.
     *
     * @param bound whether the master secret covers the whole handshake (RFC 7627)
     * @param secret becomes the exporter's own
     */
    Exporter(
            TlsCrypto crypto,
            boolean tls13,
            boolean bound,
            int algorithm,
            int hashLength,
            byte[] secret,
            byte[] randoms) {
        this.crypto = crypto;
        this.tls13 = tls13;
        this.bound = bound;
        this.algorithm = algorithm;
        this.hashLength = hashLength;
        this.secret = secret;
        this.randoms = randoms;
        CLEANER.register(this, new Wipe(secret));
    }

    /** The cleaning action. It has no reference to the exporter, which would never be unreachable otherwise. */
    private record Wipe(byte[] secret) implements Runnable {
        @Override
        public void run() {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** Returns the exporter of a handshake whose secrets bctls still has. */
    public static Exporter of(TlsCrypto crypto, SecurityParameters handshake) {
        boolean tls13 = TlsUtils.isTLSv13(handshake.getNegotiatedVersion());
        boolean bound = handshake.isExtendedMasterSecret();
        TlsSecret source = tls13 ? handshake.getExporterMasterSecret() : handshake.getMasterSecret();
        return new Exporter(
                crypto,
                tls13,
                bound,
                tls13 ? handshake.getPRFCryptoHashAlgorithm() : handshake.getPRFAlgorithm(),
                handshake.getPRFHashLength(),
                bound ? crypto.adoptSecret(source).extract() : new byte[0],
                tls13 ? new byte[0] : Arrays.concatenate(handshake.getClientRandom(), handshake.getServerRandom()));
    }

    /**
     * Returns keying material, the same on both sides of the connection.
     *
     * @param length in bytes, at least 1; in TLS 1.3 at most 255 times the length of the suite's hash
     * @param context empty for none, which only TLS 1.2 and below distinguish from an empty one
     * @throws InvalidOption {@code ERR_OUT_OF_RANGE} for a length that is too short, or a length, a label or a context
     *     that is too long
     * @throws TlsFailure {@code ERR_SSL_TLS_ILLEGAL_EXPORTER_LABEL} in TLS 1.2 and below for a label that TLS uses
     *     itself; {@code ERR_TLS_INVALID_STATE} if the handshake agreed on no extended master secret (RFC 7627 5.4)
     */
    public byte[] export(int length, String label, Optional<byte[]> context) throws TlsFailure {
        byte[] name = label.getBytes(StandardCharsets.UTF_8);
        check("length", length, 1, tls13 ? 255 * hashLength : Integer.MAX_VALUE);
        check("length of the label", name.length, 0, LONGEST_LABEL);
        check("length of the context", context.map(bytes -> bytes.length).orElse(0), 0, LONGEST_CONTEXT);
        if (!tls13 && RESERVED.stream().anyMatch(label::startsWith)) {
            throw Code.ERR_SSL_TLS_ILLEGAL_EXPORTER_LABEL.failure(
                    "exportKeyingMaterial: the label \"%s\" begins like one of [%s], which TLS 1.2 uses itself",
                    TlsFailure.printable(label), String.join(", ", RESERVED));
        }
        if (!bound) {
            throw Code.ERR_TLS_INVALID_STATE.failure("exportKeyingMaterial: the handshake agreed on no extended master"
                    + " secret, without which another connection could have the same keys");
        }
        // bctls writes one byte for each character.
        String bytes = new String(name, StandardCharsets.ISO_8859_1);
        TlsSecret own = crypto.createSecret(secret);
        try {
            return tls13
                    ? derive13(own, bytes, context.orElse(new byte[0]), length)
                    : derive(own, bytes, context, length);
        } catch (IOException e) {
            throw Code.ERR_SSL_INTERNAL_ERROR.failure(e, "exportKeyingMaterial: %s", e);
        } finally {
            own.destroy();
            Reference.reachabilityFence(this);
        }
    }

    private static void check(String what, int given, int least, int most) {
        if (given < least || given > most) {
            throw new InvalidOption(
                    "ERR_OUT_OF_RANGE",
                    "exportKeyingMaterial: the %s is %d, %d to %d are allowed".formatted(what, given, least, most));
        }
    }

    /** RFC 8446 7.5: HKDF-Expand-Label(Derive-Secret(Secret, label, ""), "exporter", Hash(context), length). */
    private byte[] derive13(TlsSecret own, String label, byte[] context, int length) throws IOException {
        TlsSecret derived = expandLabel(own, label, hash(new byte[0]), hashLength);
        try {
            return expandLabel(derived, "exporter", hash(context), length).extract();
        } finally {
            derived.destroy();
        }
    }

    /**
     * RFC 8446 7.1: struct { uint16 length; opaque label<7..255> = "tls13 " + Label; opaque context<0..255> }
     * HkdfLabel. An empty label, which bctls refuses and OpenSSL takes, makes one of six bytes.
     */
    private TlsSecret expandLabel(TlsSecret from, String label, byte[] context, int length) throws IOException {
        byte[] name = ("tls13 " + label).getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer info = ByteBuffer.allocate(2 + 1 + name.length + 1 + context.length);
        info.putShort((short) length);
        info.put((byte) name.length).put(name);
        info.put((byte) context.length).put(context);
        return from.hkdfExpand(algorithm, info.array(), length);
    }

    private byte[] hash(byte[] bytes) {
        TlsHash hash = crypto.createHash(algorithm);
        hash.update(bytes, 0, bytes.length);
        return hash.calculateHash();
    }

    /** RFC 5705 4: PRF(master_secret, label, client_random + server_random [+ uint16 length + context], length). */
    private byte[] derive(TlsSecret own, String label, Optional<byte[]> context, int length) {
        byte[] seed = randoms;
        if (context.isPresent()) {
            byte[] bytes = context.get();
            byte[] prefix = {(byte) (bytes.length >>> 8), (byte) bytes.length};
            seed = Arrays.concatenate(randoms, prefix, bytes);
        }
        return own.deriveUsingPRF(algorithm, label, seed, length).extract();
    }
}
