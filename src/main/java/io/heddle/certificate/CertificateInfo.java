package io.heddle.certificate;

import io.heddle.certificate.x509.ParsedCertificate;
import io.heddle.certificate.x509.SubjectAltNames;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A certificate in the readable form that Node gives it: the certificate object of
 * {@code tlsSocket.getPeerCertificate()}. Immutable.
 *
 * <p>Fields that the certificate does not have are empty here and absent from {@link #toMap()}. Text from the
 * certificate is unescaped Unicode, except in {@link #subjectaltname()}, whose form is safe to split.
 */
public final class CertificateInfo {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "MMM ppd HH:mm:ss yyyy 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final X509Certificate certificate;
    private final @Nullable CertificateInfo issuerCertificate;
    private final PublicKeyInfo key;

    private CertificateInfo(X509Certificate certificate, @Nullable CertificateInfo issuerCertificate) {
        this.certificate = certificate;
        this.issuerCertificate = issuerCertificate;
        this.key = PublicKeyInfo.of(certificate);
    }

    /** Returns the form of one certificate, without a link to its issuer. */
    public static CertificateInfo of(X509Certificate certificate) {
        return new CertificateInfo(certificate, null);
    }

    /**
     * Returns the form of the first certificate of a chain, linked to the next and so on; Node
     * {@code getPeerCertificate(true)}.
     *
     * @param path at least one certificate, each issued by the next
     */
    public static CertificateInfo of(List<X509Certificate> path) {
        CertificateInfo info = null;
        for (X509Certificate certificate : path.reversed()) {
            info = new CertificateInfo(certificate, info);
        }
        if (info == null) {
            throw new IllegalArgumentException("certificate path: is empty, at least one certificate is needed");
        }
        return info;
    }

    /** Returns the certificate itself. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** Returns the subject. */
    public DistinguishedName subject() {
        return DistinguishedName.of(certificate.getSubjectX500Principal());
    }

    /** Returns the issuer. */
    public DistinguishedName issuer() {
        return DistinguishedName.of(certificate.getIssuerX500Principal());
    }

    /**
     * Returns the alternative names as one text, {@code DNS:a.example, IP Address:192.0.2.1}; a name that could be
     * mistaken for several is a JSON literal.
     */
    public Optional<String> subjectaltname() {
        return SubjectAltNames.text(certificate);
    }

    /**
     * Returns the authority information access by method and kind of name, such as {@code OCSP - URI}; empty without
     * the extension.
     */
    public Map<String, List<String>> infoAccess() {
        return InfoAccess.of(certificate);
    }

    /** Returns whether it is a CA by its basicConstraints and its key usage, if any, allows signing certificates. */
    public boolean ca() {
        return new ParsedCertificate(certificate).ca() == 1;
    }

    /** Returns the modulus of an RSA key in upper-case hex, without leading zero bytes. */
    public Optional<String> modulus() {
        return key.modulus().map(CertificateInfo::hex);
    }

    /** Returns the public exponent of an RSA key, such as {@code 0x10001}. */
    public Optional<String> exponent() {
        return key.exponent().map(number -> "0x" + number.toString(16));
    }

    /** Returns the bits of an RSA modulus or of an elliptic curve's order; empty for other kinds of key. */
    public OptionalInt bits() {
        return key.bits() == 0 ? OptionalInt.empty() : OptionalInt.of(key.bits());
    }

    /** Returns the public key: the DER SubjectPublicKeyInfo of RSA, the point of EC; empty for other kinds of key. */
    public byte[] pubkey() {
        return key.encoded();
    }

    /** Returns OpenSSL's name of an EC key's curve, such as {@code prime256v1}. */
    public Optional<String> asn1Curve() {
        return Optional.of(key.asn1Curve()).filter(name -> !name.isEmpty());
    }

    /** Returns NIST's name of an EC key's curve, such as {@code P-256}, where it has one. */
    public Optional<String> nistCurve() {
        return Optional.of(key.nistCurve()).filter(name -> !name.isEmpty());
    }

    /** Returns the beginning of its validity, such as {@code Jan  1 00:00:00 2026 GMT}. */
    public String validFrom() {
        return TIME.format(notBefore());
    }

    /** Returns the end of its validity, in the form of {@link #validFrom()}. */
    public String validTo() {
        return TIME.format(notAfter());
    }

    /** Returns the beginning of its validity. */
    public Instant notBefore() {
        return certificate.getNotBefore().toInstant();
    }

    /** Returns the end of its validity. */
    public Instant notAfter() {
        return certificate.getNotAfter().toInstant();
    }

    /** Returns the SHA-1 of the DER: upper-case hex pairs joined by colons. */
    public String fingerprint() {
        return fingerprint("SHA-1");
    }

    /** Returns the SHA-256 of the DER: upper-case hex pairs joined by colons. */
    public String fingerprint256() {
        return fingerprint("SHA-256");
    }

    /** Returns the SHA-512 of the DER: upper-case hex pairs joined by colons. */
    public String fingerprint512() {
        return fingerprint("SHA-512");
    }

    /** Returns the extended key usages as dotted object identifiers; empty without the extension. */
    public List<String> extKeyUsage() {
        try {
            List<String> usages = certificate.getExtendedKeyUsage();
            return usages == null ? List.of() : List.copyOf(usages);
        } catch (CertificateParsingException unreadable) {
            return List.of();
        }
    }

    /** Returns the serial number in upper-case hex with an even number of digits, such as {@code 0A}. */
    public String serialNumber() {
        BigInteger number = certificate.getSerialNumber();
        return number.signum() == 0 ? "0" : (number.signum() < 0 ? "-" : "") + hex(number.abs());
    }

    /** Returns the DER. */
    public byte[] raw() {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException impossible) {
            throw new IllegalStateException("a parsed certificate has its encoding", impossible);
        }
    }

    /**
     * Returns the issuer's certificate if it is known; empty for a self-signed certificate, which Node links to itself.
     */
    public Optional<CertificateInfo> issuerCertificate() {
        return Optional.ofNullable(issuerCertificate);
    }

    /** Returns whether subject and issuer are the same. */
    public boolean isSelfIssued() {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    /**
     * Returns everything under Node's names in Node's order: strings, lists, maps, numbers and booleans. An attribute
     * of subject or issuer that occurs once is a string, else a list; {@code pubkey} and {@code raw} are Base64.
     */
    public Map<String, Object> toMap() {
        var map = new LinkedHashMap<String, Object>();
        map.put("subject", flat(subject()));
        map.put("issuer", flat(issuer()));
        subjectaltname().ifPresent(text -> map.put("subjectaltname", text));
        if (!infoAccess().isEmpty()) {
            map.put("infoAccess", infoAccess());
        }
        map.put("ca", ca());
        modulus().ifPresent(text -> map.put("modulus", text));
        bits().ifPresent(number -> map.put("bits", number));
        exponent().ifPresent(text -> map.put("exponent", text));
        if (pubkey().length > 0) {
            map.put("pubkey", Base64.getEncoder().encodeToString(pubkey()));
        }
        asn1Curve().ifPresent(name -> map.put("asn1Curve", name));
        nistCurve().ifPresent(name -> map.put("nistCurve", name));
        map.put("valid_from", validFrom());
        map.put("valid_to", validTo());
        map.put("fingerprint", fingerprint());
        map.put("fingerprint256", fingerprint256());
        map.put("fingerprint512", fingerprint512());
        if (!extKeyUsage().isEmpty()) {
            map.put("ext_key_usage", extKeyUsage());
        }
        map.put("serialNumber", serialNumber());
        map.put("raw", Base64.getEncoder().encodeToString(raw()));
        issuerCertificate().ifPresent(issuer -> map.put("issuerCertificate", issuer.toMap()));
        return map;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CertificateInfo info && certificate.equals(info.certificate);
    }

    @Override
    public int hashCode() {
        return certificate.hashCode();
    }

    /** Returns {@link #toMap()} as text. */
    @Override
    public String toString() {
        return toMap().toString();
    }

    private static Map<String, Object> flat(DistinguishedName name) {
        var flat = new LinkedHashMap<String, Object>();
        name.attributes().forEach((type, values) -> flat.put(type, values.size() == 1 ? values.getFirst() : values));
        return flat;
    }

    private static String hex(BigInteger number) {
        String digits = number.toString(16).toUpperCase(Locale.ROOT);
        return digits.length() % 2 == 0 ? digits : "0" + digits;
    }

    private String fingerprint(String algorithm) {
        try {
            byte[] digest = MessageDigest.getInstance(algorithm).digest(raw());
            return HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has " + algorithm, impossible);
        }
    }
}
