package io.heddle.certificate.path;

import io.heddle.certificate.CertificateInfo;
import io.heddle.certificate.DistinguishedName;
import io.heddle.certificate.x509.AltNameList;
import io.heddle.certificate.x509.HostPattern;
import io.heddle.certificate.x509.IpLiteral;
import io.heddle.certificate.x509.SubjectAltNames;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.rules.HostName;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The check that a certificate matches a host, by Node's rules ({@code tls.checkServerIdentity}), which follow
 * RFC 6125.
 *
 * <p>An IP literal must be among the IP addresses of the certificate. A name must match one of its DNS names; the
 * common name is used only if there is none. A wildcard is allowed in the left-most label only, needs at least three
 * labels, and may be a part of the label; a label of an internationalised name ({@code xn--}) has no wildcard, and only
 * a wildcard that is the whole label matches one. Names are compared in ASCII without case. A host beyond ASCII is
 * converted ({@link HostName#toAscii}); a name of a certificate with anything beyond ASCII matches nothing, as do names
 * longer than 253 characters and DNS names that end in a dot. A host whose last label is a number is no name: resolvers
 * read it as an IPv4 address ({@code 127.1}, {@code 0x7f.0.0.1}), so it matches nothing.
 */
public final class ServerIdentity {
    private static final String DNS = "DNS:";

    private ServerIdentity() {}

    /**
     * Returns a failure if the certificate does not match this host, else empty; the failure has the code
     * {@code ERR_TLS_CERT_ALTNAME_INVALID}.
     */
    public static Optional<TlsFailure> check(String hostname, X509Certificate certificate) {
        return check(
                hostname,
                SubjectAltNames.text(certificate).orElse(""),
                () -> DistinguishedName.of(certificate.getSubjectX500Principal())
                        .all("CN"));
    }

    /** Returns a failure if the certificate does not match this host; see {@link #check(String, X509Certificate)}. */
    public static Optional<TlsFailure> check(String hostname, CertificateInfo certificate) {
        return check(hostname, certificate.certificate());
    }

    /**
     * Returns a failure if a certificate with these names does not match this host, else empty.
     *
     * @param hostname a host name or IP literal; one dot at its end is dropped
     * @param subjectaltname in Node's form, as {@code CertificateInfo.subjectaltname()} returns it; empty for none
     * @param commonNames of the subject, in their order; empty for none
     * @return a failure with {@code ERR_TLS_CERT_ALTNAME_INVALID} and Node's sentence, or with
     *     {@code ERR_TLS_CERT_ALTNAME_FORMAT} if {@code subjectaltname} has a broken literal
     */
    public static Optional<TlsFailure> check(String hostname, String subjectaltname, List<String> commonNames) {
        return check(hostname, subjectaltname, () -> commonNames);
    }

    private static Optional<TlsFailure> check(
            String hostname, String subjectaltname, Supplier<List<String>> subjectNames) {
        List<String> names;
        try {
            names = AltNameList.split(subjectaltname);
        } catch (AltNameList.Malformed malformed) {
            return Optional.of(TlsFailure.Code.ERR_TLS_CERT_ALTNAME_FORMAT.failure(
                    malformed, "Invalid subject alternative name string"));
        }
        List<String> dns = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        for (String name : names) {
            if (name.startsWith(DNS)) {
                dns.add(name.substring(DNS.length()));
            } else if (name.startsWith("IP Address:")) {
                addresses.add(canonical(name.substring("IP Address:".length())));
            }
        }
        String host = HostName.withoutFinalDot(hostname);
        Optional<IpLiteral> literal = IpLiteral.parse(host);
        if (literal.isPresent()) {
            return addresses.contains(literal.get().toString())
                    ? Optional.empty()
                    : refused("IP: %s is not in the cert's list: %s".formatted(host, String.join(", ", addresses)));
        }
        String ascii = isAscii(host) ? host : HostName.toAscii(host).orElse("");
        if (IpLiteral.isOtherSpelling(ascii)) {
            return refused("Host is a non-canonical IP address");
        }
        String[] labels = IpLiteral.endsInNumber(ascii) ? new String[0] : HostPattern.hostLabels(ascii);
        if (!dns.isEmpty()) {
            return dns.stream().map(HostPattern::parse).anyMatch(name -> matches(labels, name))
                    ? Optional.empty()
                    : refused("Host: %s. is not in the cert's altnames: %s".formatted(host, subjectaltname));
        }
        List<String> commonNames = subjectNames.get();
        if (!commonNames.isEmpty() && !commonNames.equals(List.of(""))) {
            return commonNames.stream().map(HostPattern::parseCommonName).anyMatch(name -> matches(labels, name))
                    ? Optional.empty()
                    : refused("Host: %s. is not cert's CN: %s".formatted(host, String.join(",", commonNames)));
        }
        return refused("Cert does not contain a DNS name");
    }

    private static boolean isAscii(String host) {
        return host.chars().allMatch(c -> c < 0x80);
    }

    private static Optional<TlsFailure> refused(String reason) {
        return Optional.of(TlsFailure.Code.ERR_TLS_CERT_ALTNAME_INVALID.failure(
                "Hostname/IP does not match certificate's altnames: %s", reason));
    }

    private static boolean matches(String[] host, Optional<HostPattern> name) {
        return name.isPresent() && name.get().matches(host);
    }

    /** An unreadable address is an empty entry, as in Node's list. */
    private static String canonical(String address) {
        return IpLiteral.parse(address).map(IpLiteral::toString).orElse("");
    }
}
