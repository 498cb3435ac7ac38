package io.heddle.cli;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509CRL;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * A file of the test PKI.
 *
 * @param secret whether only its owner may read it
 * @param what a description for the list that the command prints
 */
@SuppressWarnings("ArrayRecordComponent") // made once and written once; nothing compares two of them
record CertificateFile(String name, byte[] content, boolean secret, String what) {
    static CertificateFile certificates(String name, String what, List<? extends Certificate> chain)
            throws GeneralSecurityException, IOException {
        var text = new StringBuilder();
        for (Certificate certificate : chain) {
            text.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        return open(name, what, text.toString());
    }

    static CertificateFile key(String name, String what, PrivateKey key) throws IOException {
        return new CertificateFile(name, bytes(pem("PRIVATE KEY", key.getEncoded())), true, what);
    }

    static CertificateFile encryptedKey(String name, String what, byte[] pkcs8) throws IOException {
        return new CertificateFile(name, bytes(pem("ENCRYPTED PRIVATE KEY", pkcs8)), true, what);
    }

    static CertificateFile crls(String name, String what, List<X509CRL> crls)
            throws GeneralSecurityException, IOException {
        var text = new StringBuilder();
        for (X509CRL crl : crls) {
            text.append(pem("X509 CRL", crl.getEncoded()));
        }
        return open(name, what, text.toString());
    }

    private static CertificateFile open(String name, String what, String pem) {
        return new CertificateFile(name, bytes(pem), false, what);
    }

    private static String pem(String label, byte[] der) throws IOException {
        var text = new StringWriter();
        try (var writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(label, der));
        }
        return text.toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
