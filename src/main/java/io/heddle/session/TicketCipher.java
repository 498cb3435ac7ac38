package io.heddle.session;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The cipher and the MAC of one ticket key, RFC 5077 section 4 in Node's layout. Not thread-safe. */
final class TicketCipher {
    // Ticket: keyName[16] iv[16] ciphertext[16 * n] mac[32] ciphertext = AES-128-CBC(aesKey, iv, PKCS#7(plaintext)) mac
    // = HMAC-SHA-256(hmacKey, keyName || iv || ciphertext)
    static final int IV_LENGTH = 16;
    static final int BLOCK = 16;
    static final int MAC_LENGTH = 32;
    static final int HEADER = TicketKey.NAME_LENGTH + IV_LENGTH;

    private final Cipher cipher;
    private final Mac mac;
    private final SecretKeySpec aesKey;

    TicketCipher(byte[] hmacKey, byte[] aesKey) {
        try {
            this.cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            this.mac = Mac.getInstance("HmacSHA256");
            this.mac.init(new SecretKeySpec(hmacKey, "HmacSHA256"));
            this.aesKey = new SecretKeySpec(aesKey, "AES");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("ticket: this Java has no AES-CBC or no HMAC-SHA-256", e);
        }
    }

    /** Returns the length of the ticket for a plaintext; the padding has 1 to 16 bytes. */
    static int sealedLength(int plaintextLength) {
        return HEADER + (plaintextLength / BLOCK + 1) * BLOCK + MAC_LENGTH;
    }

    /** Completes a ticket that already has the key name and the IV. */
    void seal(byte[] plaintext, byte[] ticket) {
        try {
            cipher.init(Cipher.ENCRYPT_MODE, aesKey, new IvParameterSpec(ticket, TicketKey.NAME_LENGTH, IV_LENGTH));
            int sealed = HEADER + cipher.doFinal(plaintext, 0, plaintext.length, ticket, HEADER);
            mac.update(ticket, 0, sealed);
            mac.doFinal(ticket, sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("ticket: the provider cannot seal", e);
        }
    }

    /** Returns the plaintext of a ticket of a possible length, null if this key did not seal it. */
    byte @Nullable [] open(byte[] ticket) {
        int sealed = ticket.length - MAC_LENGTH;
        mac.update(ticket, 0, sealed);
        byte[] expected = mac.doFinal();
        if (!MessageDigest.isEqual(expected, Arrays.copyOfRange(ticket, sealed, ticket.length))) {
            return null;
        }
        try {
            cipher.init(Cipher.DECRYPT_MODE, aesKey, new IvParameterSpec(ticket, TicketKey.NAME_LENGTH, IV_LENGTH));
            return cipher.doFinal(ticket, HEADER, sealed - HEADER);
        } catch (BadPaddingException | IllegalBlockSizeException ownerOfTheKeyPaddedWrongly) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("ticket: the provider cannot open", e);
        }
    }
}
