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
import org.bouncycastle.jcajce.util.JcaJceHelper;
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
    private static final int TLS_1_2 = 0x0303;
    private static final int NONCE = 12;

    /** An algorithm: its names in JCA, and the form of its nonce in TLS 1.2. */
    enum Aead {
        GCM("AES/GCM/NoPadding", "AES", 8, 16),
        CCM("AES/CCM/NoPadding", "AES", 8, 16),
        CCM_8("AES/CCM/NoPadding", "AES", 8, 8),
        CHACHA20_POLY1305("ChaCha20-Poly1305", "ChaCha20", 0, 16);

        final String transformation;
        final String keyAlgorithm;
        final int explicitNonce;
        final int tag;

        Aead(String transformation, String keyAlgorithm, int explicitNonce, int tag) {
            this.transformation = transformation;
            this.keyAlgorithm = keyAlgorithm;
            this.explicitNonce = explicitNonce;
            this.tag = tag;
        }

        AlgorithmParameterSpec parameters(byte[] nonce) {
            return this == CHACHA20_POLY1305 ? new IvParameterSpec(nonce) : new GCMParameterSpec(8 * tag, nonce);
        }
    }

    /** One direction: a key, the fixed part of the nonce and the cipher object. */
    private static final class Direction {
        final Cipher cipher;
        SecretKeySpec key;
        final byte[] fixedNonce;
        final byte[] nonce = new byte[NONCE];
        final byte[] additionalData = new byte[13];

        /** The traffic secret of TLS 1.3, from which KeyUpdate derives the next; empty below. */
        byte[] secret = {};

        Direction(Cipher cipher, SecretKeySpec key, byte[] fixedNonce) {
            this.cipher = cipher;
            this.key = key;
            this.fixedNonce = fixedNonce;
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

    public AeadRecordCipher(
            TlsCrypto crypto, TlsCryptoParameters parameters, JcaJceHelper providers, Aead aead, int keySize)
            throws IOException, GeneralSecurityException {
        this(crypto, parameters, providers, aead, keySize, TlsImplUtils.isTLSv13(parameters));
    }

    private AeadRecordCipher(
            TlsCrypto crypto,
            TlsCryptoParameters parameters,
            JcaJceHelper providers,
            Aead aead,
            int keySize,
            boolean tls13)
            throws IOException, GeneralSecurityException {
        super(TLS_1_2, tls13);
        this.aead = aead;
        this.tls13 = tls13;
        this.keySize = keySize;
        this.explicitNonce = tls13 ? 0 : aead.explicitNonce;
        this.crypto = crypto;
        this.hash = parameters.getSecurityParametersHandshake().getPRFCryptoHashAlgorithm();
        Cipher sealer = providers.createCipher(aead.transformation);
        Cipher opener = providers.createCipher(aead.transformation);
        boolean server = parameters.isServer();
        if (tls13) {
            SecurityParameters handshake = parameters.getSecurityParametersHandshake();
            this.sealing = direction13(sealer, handshake, server);
            this.opening = direction13(opener, handshake, !server);
        } else {
            int fixed = NONCE - explicitNonce;
            byte[] block = TlsImplUtils.calculateKeyBlock(parameters, 2 * (keySize + fixed));
            Direction client = direction12(server ? opener : sealer, block, 0, 2 * keySize, fixed);
            Direction other = direction12(server ? sealer : opener, block, keySize, 2 * keySize + fixed, fixed);
            Arrays.fill(block, (byte) 0);
            this.sealing = server ? other : client;
            this.opening = server ? client : other;
        }
    }

    private Direction direction12(Cipher cipher, byte[] block, int keyAt, int nonceAt, int fixed) {
        return new Direction(
                cipher,
                new SecretKeySpec(block, keyAt, keySize, aead.keyAlgorithm),
                Arrays.copyOfRange(block, nonceAt, nonceAt + fixed));
    }

    private Direction direction13(Cipher cipher, SecurityParameters from, boolean serverSends) throws IOException {
        TlsSecret secret = serverSends ? from.getTrafficSecretServer() : from.getTrafficSecretClient();
        byte[] iv = new byte[NONCE];
        var direction = new Direction(cipher, trafficKey(secret, iv), iv);
        // A copy: bctls destroys its own, and is not there any more when the keys change.
        direction.secret = crypto.adoptSecret(secret).extract();
        return direction;
    }

    private SecretKeySpec trafficKey(TlsSecret secret, byte[] iv) throws IOException {
        byte[] key = expand(secret, "key", keySize);
        System.arraycopy(expand(secret, "iv", NONCE), 0, iv, 0, NONCE);
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
            init(direction, Cipher.ENCRYPT_MODE, sequence, tls13 ? ContentType.application_data : type, length, body);
            if (tls13) {
                int written = direction.cipher.update(content, offset, length, out, at);
                byte[] last = {(byte) type};
                direction.cipher.doFinal(last, 0, 1, out, at + written);
            } else {
                System.arraycopy(direction.nonce, NONCE - explicitNonce, out, at, explicitNonce);
                direction.cipher.doFinal(content, offset, length, out, at + explicitNonce);
            }
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
                System.arraycopy(direction.fixedNonce, 0, direction.nonce, 0, NONCE - explicitNonce);
                System.arraycopy(body, offset, direction.nonce, NONCE - explicitNonce, explicitNonce);
            }
            init(direction, Cipher.DECRYPT_MODE, sequence, type, length - explicitNonce - aead.tag, length);
            return direction.cipher.doFinal(body, offset + explicitNonce, length - explicitNonce, out, at);
        } catch (AEADBadTagException e) {
            throw new TlsFatalAlert(AlertDescription.bad_record_mac, e);
        } catch (GeneralSecurityException e) {
            throw new TlsCryptoException("cannot open a record: " + e.getMessage(), e);
        }
    }

    private void init(Direction direction, int mode, long sequence, short type, int contentLength, int bodyLength)
            throws GeneralSecurityException {
        byte[] nonce = direction.nonce;
        if (explicitNonce == 0) {
            System.arraycopy(direction.fixedNonce, 0, nonce, 0, NONCE);
            for (int i = 0; i < 8; i++) {
                nonce[NONCE - 1 - i] ^= (byte) (sequence >>> (8 * i));
            }
        } else if (mode == Cipher.ENCRYPT_MODE) {
            // RFC 5288 3: the explicit part may be the sequence number, which never repeats under a key.
            System.arraycopy(direction.fixedNonce, 0, nonce, 0, NONCE - explicitNonce);
            putSequence(sequence, nonce, NONCE - explicitNonce);
        }
        direction.cipher.init(mode, direction.key, aead.parameters(nonce));
        byte[] data = direction.additionalData;
        int from = 8;
        if (!tls13) {
            putSequence(sequence, data, 0);
            from = 0;
        }
        data[8] = (byte) type;
        data[9] = (byte) (TLS_1_2 >>> 8);
        data[10] = (byte) TLS_1_2;
        int length = tls13 ? bodyLength : contentLength;
        data[11] = (byte) (length >>> 8);
        data[12] = (byte) length;
        direction.cipher.updateAAD(data, from, data.length - from);
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
        TlsSecret next =
                TlsCryptoUtils.hkdfExpandLabel(current, hash, "traffic upd", TlsUtils.EMPTY_BYTES, old.length);
        current.destroy();
        Arrays.fill(old, (byte) 0);
        direction.key = trafficKey(next, direction.fixedNonce);
        direction.secret = next.extract();
    }
}
