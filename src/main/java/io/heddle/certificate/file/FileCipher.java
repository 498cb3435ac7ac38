package io.heddle.certificate.file;

import io.heddle.failure.TlsFailure;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.BufferedBlockCipher;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.DefaultBufferedBlockCipher;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.ARIAEngine;
import org.bouncycastle.crypto.engines.BlowfishEngine;
import org.bouncycastle.crypto.engines.CAST5Engine;
import org.bouncycastle.crypto.engines.CamelliaEngine;
import org.bouncycastle.crypto.engines.DESEngine;
import org.bouncycastle.crypto.engines.DESedeEngine;
import org.bouncycastle.crypto.engines.IDEAEngine;
import org.bouncycastle.crypto.engines.RC2Engine;
import org.bouncycastle.crypto.engines.SEEDEngine;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.modes.CFBBlockCipher;
import org.bouncycastle.crypto.modes.OFBBlockCipher;
import org.bouncycastle.crypto.modes.SICBlockCipher;
import org.bouncycastle.crypto.paddings.PaddedBufferedBlockCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/**
 * A symmetric cipher of encrypted key files, by OpenSSL's name ({@code AES-256-CBC}, in a DEK-Info header) or by object
 * identifier (in PBES2).
 *
 * <p>Supported are the ciphers that OpenSSL writes with its default and legacy modules, except CFB with 1 bit, DESX and
 * ChaCha20, and also IDEA. Immutable.
 *
 * @param name OpenSSL's name
 * @param keyBits the length of the key in bits
 */
record FileCipher(String name, int keyBits, Supplier<BlockCipher> engine, Mode mode) {
    private static final Map<String, Algorithm> ALGORITHMS = Map.ofEntries(
            Map.entry("AES-128", new Algorithm(128, AESEngine::newInstance)),
            Map.entry("AES-192", new Algorithm(192, AESEngine::newInstance)),
            Map.entry("AES-256", new Algorithm(256, AESEngine::newInstance)),
            Map.entry("ARIA-128", new Algorithm(128, ARIAEngine::new)),
            Map.entry("ARIA-192", new Algorithm(192, ARIAEngine::new)),
            Map.entry("ARIA-256", new Algorithm(256, ARIAEngine::new)),
            Map.entry("BF", new Algorithm(128, BlowfishEngine::new)),
            Map.entry("CAMELLIA-128", new Algorithm(128, CamelliaEngine::new)),
            Map.entry("CAMELLIA-192", new Algorithm(192, CamelliaEngine::new)),
            Map.entry("CAMELLIA-256", new Algorithm(256, CamelliaEngine::new)),
            Map.entry("CAST5", new Algorithm(128, CAST5Engine::new)),
            Map.entry("DES", new Algorithm(64, DESEngine::new)),
            Map.entry("DES-EDE", new Algorithm(128, DESedeEngine::new)),
            Map.entry("DES-EDE3", new Algorithm(192, DESedeEngine::new)),
            Map.entry("IDEA", new Algorithm(128, IDEAEngine::new)),
            Map.entry("RC2", new Algorithm(128, RC2Engine::new)),
            Map.entry("RC2-40", new Algorithm(40, RC2Engine::new)),
            Map.entry("RC2-64", new Algorithm(64, RC2Engine::new)),
            Map.entry("SEED", new Algorithm(128, SEEDEngine::new)),
            Map.entry("SM4", new Algorithm(128, SM4Engine::new)));

    private static final Map<String, String> NAMES = names();

    private record Algorithm(int keyBits, Supplier<BlockCipher> engine) {}

    /** A mode of operation, with the last part of OpenSSL's name. */
    enum Mode {
        CBC,
        CFB,
        CFB8,
        OFB,
        CTR;

        /** CBC uses the padding of PKCS#7; the other modes make stream ciphers. */
        private BufferedBlockCipher of(BlockCipher engine) {
            int bits = 8 * engine.getBlockSize();
            return switch (this) {
                case CBC -> new PaddedBufferedBlockCipher(CBCBlockCipher.newInstance(engine));
                case CFB -> new DefaultBufferedBlockCipher(CFBBlockCipher.newInstance(engine, bits));
                case CFB8 -> new DefaultBufferedBlockCipher(CFBBlockCipher.newInstance(engine, 8));
                case OFB -> new DefaultBufferedBlockCipher(new OFBBlockCipher(engine, bits));
                case CTR -> new DefaultBufferedBlockCipher(SICBlockCipher.newInstance(engine));
            };
        }
    }

    /** Returns the cipher of a DEK-Info header, whose name is compared without case. */
    static FileCipher named(String name) throws KeyDerivation.Unsupported {
        String upper = name.toUpperCase(Locale.ROOT);
        int hyphen = upper.lastIndexOf('-');
        Algorithm algorithm = hyphen < 0 ? null : ALGORITHMS.get(upper.substring(0, hyphen));
        String mode = upper.substring(hyphen + 1);
        for (Mode candidate : Mode.values()) {
            if (algorithm != null && candidate.name().equals(mode)) {
                return new FileCipher(upper, algorithm.keyBits, algorithm.engine, candidate);
            }
        }
        throw new KeyDerivation.Unsupported("the cipher " + TlsFailure.printable(name));
    }

    /** Returns the cipher of a PBES2 scheme. */
    static FileCipher identified(ASN1ObjectIdentifier oid) throws KeyDerivation.Unsupported {
        String name = NAMES.get(oid.getId());
        if (name == null) {
            throw new KeyDerivation.Unsupported("the cipher " + TlsFailure.printable(oid.getId()));
        }
        return named(name);
    }

    /**
     * Returns the plaintext.
     *
     * @throws CryptoException if the padding is invalid, because of a wrong key or a damaged ciphertext
     * @throws IllegalArgumentException if the length of the initialization vector is not that of a block
     */
    byte[] decrypt(KeyParameter key, byte[] iv, byte[] encrypted) throws CryptoException {
        BlockCipher block = engine.get();
        if (iv.length != block.getBlockSize()) {
            throw new IllegalArgumentException("an initialization vector of %d bytes".formatted(iv.length));
        }
        return decrypt(mode.of(block), new ParametersWithIV(key, iv), encrypted);
    }

    /** Returns the plaintext under a block cipher in CBC, with a derived key and initialization vector. */
    static byte[] decryptCbc(BlockCipher engine, CipherParameters keyAndIv, byte[] encrypted) throws CryptoException {
        return decrypt(Mode.CBC.of(engine), keyAndIv, encrypted);
    }

    private static byte[] decrypt(BufferedBlockCipher cipher, CipherParameters keyAndIv, byte[] encrypted)
            throws CryptoException {
        cipher.init(false, keyAndIv);
        byte[] plain = new byte[cipher.getOutputSize(encrypted.length)];
        try {
            int length = cipher.processBytes(encrypted, 0, encrypted.length, plain, 0);
            length += cipher.doFinal(plain, length);
            return Arrays.copyOf(plain, length);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /** Without RC2, whose parameters have more than the initialization vector. */
    private static Map<String, String> names() {
        var names = new HashMap<String, String>();
        int[] bits = {128, 192, 256};
        for (int i = 0; i < bits.length; i++) {
            number(names, "2.16.840.1.101.3.4.1.", 20 * i + 2, "AES-" + bits[i], Mode.CBC, Mode.OFB, Mode.CFB);
            number(names, "1.2.410.200046.1.1.", 5 * i + 2, "ARIA-" + bits[i], Mode.CBC, Mode.CFB, Mode.OFB, Mode.CTR);
            number(names, "1.2.392.200011.61.1.1.1.", i + 2, "CAMELLIA-" + bits[i], Mode.CBC);
            number(names, "0.3.4401.5.3.1.9.", 20 * i + 3, "CAMELLIA-" + bits[i], Mode.OFB, Mode.CFB);
            number(names, "0.3.4401.5.3.1.9.", 20 * i + 9, "CAMELLIA-" + bits[i], Mode.CTR);
        }
        number(names, "1.2.410.200004.1.", 4, "SEED", Mode.CBC, Mode.CFB, Mode.OFB);
        number(names, "1.2.156.10197.1.104.", 2, "SM4", Mode.CBC, Mode.OFB, Mode.CFB);
        number(names, "1.2.156.10197.1.104.", 7, "SM4", Mode.CTR);
        number(names, "1.2.840.113549.3.", 7, "DES-EDE3", Mode.CBC);
        number(names, "1.3.14.3.2.", 7, "DES", Mode.CBC, Mode.OFB, Mode.CFB);
        number(names, "1.3.6.1.4.1.3029.1.", 2, "BF", Mode.CBC);
        number(names, "1.2.840.113533.7.66.", 10, "CAST5", Mode.CBC);
        number(names, "1.3.6.1.4.1.188.7.1.1.", 2, "IDEA", Mode.CBC);
        return Map.copyOf(names);
    }

    private static void number(Map<String, String> names, String arc, int first, String algorithm, Mode... modes) {
        for (int i = 0; i < modes.length; i++) {
            names.put(arc + (first + i), algorithm + "-" + modes[i]);
        }
    }
}
