package io.heddle.engine.crypto;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsCryptoException;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsCryptoUtils;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.impl.TlsImplUtils;

/**
 * A record cipher of AES-GCM, AES-CCM or ChaCha20-Poly1305 in TLS 1.2 (RFC 5288, 6655, 7905) and 1.3 (RFC 8446
 * 5.2, 5.3).
 */
public final class AeadRecordCipher extends RecordCipher {
    private static final ProviderLookup PROVIDERS = new ProviderLookup();
    private static final int TLS_1_2 = 0x0303;
    private static final int NONCE = 12;

    /** RFC 8446 5.2: the type behind the content, each at its own index. */
    private static final byte[] INNER_TYPES = new byte[256];

    static {
        for (int type = 0; type < INNER_TYPES.length; type++) {
            INNER_TYPES[type] = (byte) type;
        }
    }

    /** An algorithm: its names in JCA, the form of its nonce in TLS 1.2, and its ciphers, which all connections share. */
    @SuppressWarnings("ImmutableEnumChecker")
    enum Aead {
        GCM("AES/GCM/NoPadding", "AES", 8, 16),
        CCM("AES/CCM/NoPadding", "AES", 8, 16),
        CCM_8("AES/CCM/NoPadding", "AES", 8, 8),
        CHACHA20_POLY1305("ChaCha20-Poly1305", "ChaCha20", 0, 16);

        final String transformation;
        final String keyAlgorithm;
        final int explicitNonce;
        final int tag;
        final CipherCache sealers = new CipherCache(this::cipher);
        final CipherCache openers = new CipherCache(this::cipher);

        Aead(String transformation, String keyAlgorithm, int explicitNonce, int tag) {
            this.transformation = transformation;
            this.keyAlgorithm = keyAlgorithm;
            this.explicitNonce = explicitNonce;
            this.tag = tag;
        }

        AlgorithmParameterSpec parameters(byte[] bytes, int nonceAt) {
            return this == CHACHA20_POLY1305
                    ? new IvParameterSpec(bytes, nonceAt, NONCE)
                    : new GCMParameterSpec(8 * tag, bytes, nonceAt, NONCE);
        }

        Cipher cipher() throws GeneralSecurityException {
            return PROVIDERS.createCipher(transformation);
        }
    }

    /** One direction: a key, the nonce and the place of the cipher object. */
    private static final class Direction {
        /** Where the nonce and the additional data are in {@link #bytes}, behind the fixed part of the nonce. */
        static final int NONCE_AT = NONCE;

        static final int DATA_AT = 2 * NONCE;
        static final int DATA = 13;

        final CipherCache.Place cipher = new CipherCache.Place();
        SecretKeySpec key;
        final byte[] bytes = new byte[DATA_AT + DATA];

        /** The traffic secret of TLS 1.3, from which KeyUpdate derives the next; empty below. */
        byte[] secret = {};

        Direction(SecretKeySpec key) {
            this.key = key;
        }
    }

    private final Aead aead;
    private final boolean tls13;
    private final int keySize;
    private final int explicitNonce;
    private final TlsCrypto crypto;

    /** The hash of the suite in TLS 1.3, in bctls' numbers. */
    private final int hash;

    private final Direction sealing;
    private final Direction opening;

    /** RFC 8446 5.5: AES-GCM is safe for 2^24.5 full records under one key, whatever version has it. */
    public static final long MOST_DATA_OF_GCM = 23_726_566L * LARGEST_FRAGMENT;

    public AeadRecordCipher(TlsCrypto crypto, TlsCryptoParameters parameters, Aead aead, int keySize)
            throws IOException, GeneralSecurityException {
        this(crypto, parameters, aead, keySize, TlsImplUtils.isTLSv13(parameters));
    }

    private AeadRecordCipher(TlsCrypto crypto, TlsCryptoParameters parameters, Aead aead, int keySize, boolean tls13)
            throws IOException, GeneralSecurityException {
        super(TLS_1_2, tls13);
        this.aead = aead;
        this.tls13 = tls13;
        this.keySize = keySize;
        this.explicitNonce = tls13 ? 0 : aead.explicitNonce;
        this.crypto = crypto;
        this.hash = parameters.getSecurityParametersHandshake().getPRFCryptoHashAlgorithm();
        boolean server = parameters.isServer();
        if (tls13) {
            SecurityParameters handshake = parameters.getSecurityParametersHandshake();
            this.sealing = direction13(handshake, server);
            this.opening = direction13(handshake, !server);
        } else {
            int fixed = NONCE - explicitNonce;
            byte[] block = TlsImplUtils.calculateKeyBlock(parameters, 2 * (keySize + fixed));
            Direction client = direction12(block, 0, 2 * keySize, fixed);
            Direction other = direction12(block, keySize, 2 * keySize + fixed, fixed);
            Arrays.fill(block, (byte) 0);
            this.sealing = server ? other : client;
            this.opening = server ? client : other;
        }
    }

    private Direction direction12(byte[] block, int keyAt, int nonceAt, int fixed) {
        var direction = new Direction(new SecretKeySpec(block, keyAt, keySize, aead.keyAlgorithm));
        System.arraycopy(block, nonceAt, direction.bytes, 0, fixed);
        return direction;
    }

    private Direction direction13(SecurityParameters from, boolean serverSends) throws IOException {
        TlsSecret secret = serverSends ? from.getTrafficSecretServer() : from.getTrafficSecretClient();
        var direction = new Direction(trafficKey(secret));
        trafficNonce(secret, direction);
        // A copy: bctls destroys its own, and is not there any more when the keys change.
        direction.secret = crypto.adoptSecret(secret).extract();
        return direction;
    }

    private void trafficNonce(TlsSecret secret, Direction direction) throws IOException {
        System.arraycopy(expand(secret, "iv", NONCE), 0, direction.bytes, 0, NONCE);
    }

    private SecretKeySpec trafficKey(TlsSecret secret) throws IOException {
        byte[] key = expand(secret, "key", keySize);
        SecretKeySpec trafficKey = new SecretKeySpec(key, aead.keyAlgorithm);
        Arrays.fill(key, (byte) 0);
        return trafficKey;
    }

    private byte[] expand(TlsSecret secret, String label, int length) throws IOException {
        return TlsCryptoUtils.hkdfExpandLabel(secret, hash, label, TlsUtils.EMPTY_BYTES, length)
                .extract();
    }

    @Override
    public long mostData() {
        return aead == Aead.GCM && !tls13 ? MOST_DATA_OF_GCM : Long.MAX_VALUE;
    }

    @Override
    public int overhead() {
        return HEADER + explicitNonce + aead.tag + (tls13 ? 1 : 0);
    }

    @Override
    public int openRoom(int bodyLength) {
        int inner = bodyLength - explicitNonce - aead.tag;
        // TLS 1.2 allows an empty fragment of application data, which still needs an answer that is not "too short".
        return inner == 0 && !tls13 ? 1 : inner;
    }

    @Override
    public int sealBody(long sequence, short type, byte[] content, int offset, int length, byte[] out, int at)
            throws IOException {
        Direction direction = sealing;
        int body = length + explicitNonce + aead.tag + (tls13 ? 1 : 0);
        try {
            Cipher cipher = aead.sealers.take(direction.cipher);
            short outerType = tls13 ? ContentType.application_data : type;
            init(cipher, direction, Cipher.ENCRYPT_MODE, sequence, outerType, length, body);
            if (tls13) {
                int written = cipher.update(content, offset, length, out, at);
                cipher.doFinal(INNER_TYPES, type, 1, out, at + written);
            } else {
                System.arraycopy(direction.bytes, Direction.NONCE_AT + NONCE - explicitNonce, out, at, explicitNonce);
                cipher.doFinal(content, offset, length, out, at + explicitNonce);
            }
            aead.sealers.give(direction.cipher, cipher);
            return body;
        } catch (GeneralSecurityException e) {
            throw new TlsCryptoException("cannot seal a record: " + e.getMessage(), e);
        }
    }

    @Override
    public int openBody(long sequence, short type, byte[] body, int offset, int length, byte[] out, int at)
            throws IOException {
        Direction direction = opening;
        try {
            if (explicitNonce > 0) {
                System.arraycopy(
                        body, offset, direction.bytes, Direction.NONCE_AT + NONCE - explicitNonce, explicitNonce);
            }
            Cipher cipher = aead.openers.take(direction.cipher);
            init(cipher, direction, Cipher.DECRYPT_MODE, sequence, type, length - explicitNonce - aead.tag, length);
            int opened = cipher.doFinal(body, offset + explicitNonce, length - explicitNonce, out, at);
            // Not after a failure, which may leave the cipher in the middle of an operation.
            aead.openers.give(direction.cipher, cipher);
            return opened;
        } catch (AEADBadTagException e) {
            throw new TlsFatalAlert(AlertDescription.bad_record_mac, e);
        } catch (GeneralSecurityException e) {
            throw new TlsCryptoException("cannot open a record: " + e.getMessage(), e);
        }
    }

    private void init(
            Cipher cipher, Direction direction, int mode, long sequence, short type, int contentLength, int bodyLength)
            throws GeneralSecurityException {
        byte[] bytes = direction.bytes;
        int nonce = Direction.NONCE_AT;
        if (explicitNonce == 0) {
            System.arraycopy(bytes, 0, bytes, nonce, NONCE);
            for (int i = 0; i < 8; i++) {
                bytes[nonce + NONCE - 1 - i] ^= (byte) (sequence >>> (8 * i));
            }
        } else {
            System.arraycopy(bytes, 0, bytes, nonce, NONCE - explicitNonce);
            if (mode == Cipher.ENCRYPT_MODE) {
                // RFC 5288 3: the explicit part may be the sequence number, which never repeats under a key.
                putSequence(sequence, bytes, nonce + NONCE - explicitNonce);
            }
        }
        cipher.init(mode, direction.key, aead.parameters(bytes, nonce));
        int data = Direction.DATA_AT;
        int from = 8;
        if (!tls13) {
            putSequence(sequence, bytes, data);
            from = 0;
        }
        bytes[data + 8] = (byte) type;
        bytes[data + 9] = (byte) (TLS_1_2 >>> 8);
        bytes[data + 10] = (byte) TLS_1_2;
        int length = tls13 ? bodyLength : contentLength;
        bytes[data + 11] = (byte) (length >>> 8);
        bytes[data + 12] = (byte) length;
        cipher.updateAAD(bytes, data + from, Direction.DATA - from);
    }

    private static void putSequence(long sequence, byte[] out, int at) {
        for (int i = 0; i < 8; i++) {
            out[at + i] = (byte) (sequence >>> (56 - 8 * i));
        }
    }

    @Override
    public void rekeySealing() throws IOException {
        rekey(sealing);
    }

    @Override
    public void rekeyOpening() throws IOException {
        rekey(opening);
    }

    /** RFC 8446 7.2: application_traffic_secret_N+1 is derived from the one before, which is not needed any more. */
    private void rekey(Direction direction) throws IOException {
        byte[] old = direction.secret;
        TlsSecret current = crypto.createSecret(old);
        TlsSecret next = TlsCryptoUtils.hkdfExpandLabel(current, hash, "traffic upd", TlsUtils.EMPTY_BYTES, old.length);
        current.destroy();
        Arrays.fill(old, (byte) 0);
        direction.key = trafficKey(next);
        trafficNonce(next, direction);
        direction.secret = next.extract();
    }
}
