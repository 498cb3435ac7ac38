package io.heddle.certificate.path;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.CertificateInfo;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.x509.IpLiteral;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.util.List;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerIdentityTest {
    private static final String PREFIX = "Hostname/IP does not match certificate's altnames: ";

    @DisplayName("VER-09: a certificate that is for the host")
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    a.com              | ''                             | a.com
                    a.com              | ''                             | A.COM
                    A.com.             | ''                             | a.com
                    a.com              | ''                             | a.com.
                    b.a.com            | ''                             | *.a.com
                    b.a.com            | ''                             | b*.a.com
                    bxxx.a.com         | ''                             | b*.a.com
                    xb.a.com           | ''                             | *b.a.com
                    warp.a.com         | ''                             | w*p.a.com
                    .a.com             | ''                             | *.a.com
                    a.co.uk            | ''                             | *.co.uk
                    a.com              | DNS:a.com                      | b.com
                    a.com              | DNS:b.com, DNS:a.com           | ''
                    a.com              | URI:http://b.com/, DNS:*.b.com, DNS:a.com | ''
                    a.b.com            | DNS:*.b.com                    | ''
                    xn--bcher-kva.example.com | DNS:*.example.com       | ''
                    xn--bcher-kva.example.com | DNS:xn--bcher-kva.example.com | ''
                    a.com              | URI:http://b.com/              | a.com
                    a.com              | IP Address:127.0.0.1           | a.com
                    a.com              | email:x@b.com                  | a.com
                    127.0.0.1          | IP Address:127.0.0.1           | ''
                    127.0.0.1          | DNS:a.com, IP Address:127.0.0.1 | b.com
                    ::1                | IP Address:0:0:0:0:0:0:0:1     | ''
                    0:0::1             | IP Address:0:0:0:0:0:0:0:1     | ''
                    fe80::1%eth0       | IP Address:FE80:0:0:0:0:0:0:1  | ''
                    localhost          | DNS:localhost                  | ''
                    """)
    void accepts(String host, String subjectaltname, String commonName) {
        assertThat(ServerIdentity.check(host, subjectaltname, names(commonName)))
                .isEmpty();
    }

    @DisplayName("VER-09: a certificate that is not for the host, and the reason in Node's words")
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    a.com              | ''                     | b.com       | Host: a.com. is not cert's CN: b.com
                    .a.com             | ''                     | a.com       | Host: .a.com. is not cert's CN: a.com
                    a.com              | ''                     | .a.com      | Host: a.com. is not cert's CN: .a.com
                    a.com              | ''                     | *.com       | Host: a.com. is not cert's CN: *.com
                    a.com              | ''                     | *           | Host: a.com. is not cert's CN: *
                    b.c.a.com          | ''                     | *.a.com     | Host: b.c.a.com. is not cert's CN: *.a.com
                    a.com              | ''                     | *.a.com     | Host: a.com. is not cert's CN: *.a.com
                    b.a.com            | ''                     | c*.a.com    | Host: b.a.com. is not cert's CN: c*.a.com
                    wp.a.com           | ''                     | w*w.a.com   | Host: wp.a.com. is not cert's CN: w*w.a.com
                    w.a.com            | ''                     | w*w.a.com   | Host: w.a.com. is not cert's CN: w*w.a.com
                    b.a.com            | ''                     | *.*.com     | Host: b.a.com. is not cert's CN: *.*.com
                    b.a.com            | ''                     | b.*.com     | Host: b.a.com. is not cert's CN: b.*.com
                    b.a.com            | ''                     | **.a.com    | Host: b.a.com. is not cert's CN: **.a.com
                    a..com             | ''                     | a..com      | Host: a..com. is not cert's CN: a..com
                    a.com              | ''                     | a.com..     | Host: a.com. is not cert's CN: a.com..
                    a b.com            | ''                     | a b.com     | Host: a b.com. is not cert's CN: a b.com
                    xn--a.example.com  | DNS:xn--*.example.com  | ''          | Host: xn--a.example.com. is not in the cert's altnames: DNS:xn--*.example.com
                    a.com              | DNS:b.com              | a.com       | Host: a.com. is not in the cert's altnames: DNS:b.com
                    a.com              | DNS:*.com              | ''          | Host: a.com. is not in the cert's altnames: DNS:*.com
                    a.com              | DNS:a.co               | ''          | Host: a.com. is not in the cert's altnames: DNS:a.co
                    a.com              | DNS:ba.com, DNS:a.com.b | ''         | Host: a.com. is not in the cert's altnames: DNS:ba.com, DNS:a.com.b
                    a.com              | URI:http://a.com/      | ''          | Cert does not contain a DNS name
                    a.com              | URI:http://a.com/      | b.com       | Host: a.com. is not cert's CN: b.com
                    a.com              | ''                     | ''          | Cert does not contain a DNS name
                    127.0.0.1          | ''                     | 127.0.0.1   | "IP: 127.0.0.1 is not in the cert's list: "
                    127.0.0.1          | DNS:127.0.0.1          | ''          | "IP: 127.0.0.1 is not in the cert's list: "
                    127.0.0.1          | IP Address:127.0.0.2, IP Address:FE80:0:0:0:0:0:0:1 | '' | IP: 127.0.0.1 is not in the cert's list: 127.0.0.2, fe80::1
                    127.0.0.1          | IP Address:127.0.0.0/8 | ''          | "IP: 127.0.0.1 is not in the cert's list: "
                    8.8.8.8            | URI:http://8.8.8.8/    | ''          | "IP: 8.8.8.8 is not in the cert's list: "
                    ::ffff:127.0.0.1   | IP Address:127.0.0.1   | ''          | IP: ::ffff:127.0.0.1 is not in the cert's list: 127.0.0.1
                    null               | ''                     | a.com       | Host: null. is not cert's CN: a.com
                    """, quoteCharacter = '"')
    void refuses(String host, String subjectaltname, String commonName, String reason) {
        TlsFailure failure = ServerIdentity.check(
                        host, subjectaltname.replace("''", ""), names(commonName.replace("''", "")))
                .orElseThrow();

        assertThat(failure).hasMessage(PREFIX + reason);
        assertThat(failure.code()).isEqualTo(Code.ERR_TLS_CERT_ALTNAME_INVALID);
    }

    @DisplayName("VER-09: several common names are tried one after the other and listed together")
    @Test
    void tries_each_common_name() {
        assertThat(ServerIdentity.check("b.com", "", List.of("a.com", "b.com"))).isEmpty();
        assertThat(ServerIdentity.check("c.com", "", List.of("a.com", "b.com")).orElseThrow())
                .hasMessage(PREFIX + "Host: c.com. is not cert's CN: a.com,b.com");
    }

    @Test
    void a_name_beyond_ascii_matches_nothing_not_even_itself() {
        assertThat(ServerIdentity.check("münchen.example", "DNS:münchen.example", List.of()))
                .isPresent();
        // The Kelvin sign is a k in lower case, but not in DNS.
        assertThat(ServerIdentity.check("k.example.com", "DNS:\u212a.example.com", List.of()))
                .isPresent();
    }

    /** RFC 6125 6.4.3: a wildcard that is a part of a label never stands for a part of an internationalised one. */
    @Test
    void matches_an_internationalised_label_by_a_whole_wildcard_alone() {
        String host = "xn--bcher-kva.victim.test";
        for (String partial : List.of("x*", "xn*", "*a", "x*a", "xn--*", "xn--bcher-*")) {
            assertThat(ServerIdentity.check(host, "DNS:" + partial + ".victim.test", List.of()))
                    .as(partial)
                    .isPresent();
        }
        assertThat(ServerIdentity.check(host, "DNS:*.victim.test", List.of())).isEmpty();
        assertThat(ServerIdentity.check("xa.victim.test", "DNS:x*.victim.test", List.of()))
                .isEmpty();
    }

    @Test
    void a_dns_name_that_ends_in_a_dot_or_is_longer_than_dns_allows_matches_nothing() {
        for (String host : List.of("a.com", "a.com.")) {
            assertThat(ServerIdentity.check(host, "DNS:a.com.", List.of())).isPresent();
            assertThat(ServerIdentity.check(host, "DNS:a.com", List.of())).isEmpty();
        }
        String longest = "a.".repeat(126) + "b";
        assertThat(ServerIdentity.check(longest, "DNS:" + longest, List.of())).isEmpty();
        assertThat(ServerIdentity.check("c" + longest, "DNS:c" + longest, List.of()))
                .isPresent();
    }

    @DisplayName("VER-62: a literal that is broken")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"",
                "DNS:\"",
                "DNS:\"a.com",
                "DNS:\"a.com\\",
                "DNS:\"a.com\\x\"",
                "DNS:\"\\u00\"",
                "DNS:\"\\u00zz\"",
                "DNS:\"a\u0001\""
            })
    void refuses_a_text_with_a_broken_literal(String subjectaltname) {
        TlsFailure failure =
                ServerIdentity.check("a.com", subjectaltname, List.of("a.com")).orElseThrow();

        assertThat(failure).hasMessage("Invalid subject alternative name string");
        assertThat(failure.code()).isEqualTo(Code.ERR_TLS_CERT_ALTNAME_FORMAT);
    }

    @DisplayName("VER-62: a hostile name does not pass for several")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "good.example.com, DNS:nodejs.org",
                "good.example.com\", DNS:nodejs.org",
                "\", DNS:nodejs.org, DNS:\"",
                "good.example.com,\u0000DNS:nodejs.org",
                "nodejs.org\u0000.evil.example.com",
                "nodejs.org, DNS:nodejs.org"
            })
    void a_hostile_name_counts_as_one(String name) {
        for (int kind :
                new int[] {GeneralName.dNSName, GeneralName.uniformResourceIdentifier, GeneralName.rfc822Name}) {
            Identity hostile = TestPki.certificate("CN=a")
                    .extension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(kind, name)))
                    .issuedBy(TestPki.ca());

            assertThat(ServerIdentity.check("nodejs.org", hostile.leaf()))
                    .as("kind %d", kind)
                    .isPresent();
        }
    }

    @DisplayName("VER-62: the common name counts beside addresses, not beside DNS names")
    @Test
    void the_common_name_counts_where_there_is_no_dns_name() {
        var beside = TestPki.certificate("CN=good.example.com")
                .names("evil.example.com")
                .issuedBy(TestPki.ca());
        assertThat(ServerIdentity.check("good.example.com", beside.leaf()).orElseThrow())
                .hasMessage(PREFIX + "Host: good.example.com. is not in the cert's altnames: DNS:evil.example.com");

        var addresses =
                TestPki.certificate("CN=good.example.com").names("1.2.3.4").issuedBy(TestPki.ca());
        assertThat(ServerIdentity.check("good.example.com", addresses.leaf())).isEmpty();
        assertThat(ServerIdentity.check("good.example.com", CertificateInfo.of(addresses.leaf())))
                .isEmpty();
    }

    @DisplayName("VER-04: addresses in their canonical form")
    @ParameterizedTest
    @CsvSource({
        "fe80:0:0:0:0:0:0:1, fe80::1",
        "fe80:0:0:0:0:0:0:0, fe80::",
        "fe80::0000:0010:0001, fe80::10:1",
        "0001:2222:3333:4444:5555:6666:7777:0088, 1:2222:3333:4444:5555:6666:7777:88",
        "0001:2222:3333:4444:5555:6666::, 1:2222:3333:4444:5555:6666::",
        "a002:B12:00Ba:4444:5555:6666:0:0, a002:b12:ba:4444:5555:6666::",
        "0:0:0:0:0:ffff:c0a8:101, ::ffff:192.168.1.1",
        "::ffff:192.168.1.1, ::ffff:192.168.1.1",
        "1:0:0:2:0:0:0:3, 1:0:0:2::3",
        "1:0:2:3:4:5:6:7, 1:0:2:3:4:5:6:7",
        "::, ::",
        "::1.2.3.4, ::1.2.3.4",
        "192.168.1.1, 192.168.1.1"
    })
    void canonical(String address, String canonical) {
        assertThat(IpLiteral.parse(address).orElseThrow()).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "01.2.3.4",
                "1.2.3.256",
                "1..2.3",
                "1.2.3.4%eth0",
                ":",
                ":::",
                "1::2::3",
                "12345::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "::1%",
                "1:2:3:4:5:6:7::8:9",
                "g::",
                "1:2:3:4:5:6:7:1.2.3.4",
                "a.com"
            })
    void not_an_address(String text) {
        assertThat(IpLiteral.parse(text)).isEmpty();
    }

    private static List<String> names(String commonName) {
        return commonName.isEmpty() ? List.of() : List.of(commonName);
    }
}
