package io.heddle.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heddle.certificate.file.CertificateReader;
import io.heddle.certificate.path.ServerIdentity;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Node;
import io.heddle.interop.Openssl;
import io.heddle.protocol.KeyType;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.SoftAssertions;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERT61String;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.DERUniversalString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares certificate objects, and the names in them, with those of the installed Node. */
@Tag("interop")
@Tag("node")
class CertificateInfoNodeTest {
    private static final String LEGACY_OBJECTS = """
            const { X509Certificate } = require('crypto');
            for (const pem of JSON.parse(require('fs').readFileSync(process.argv[2]))) {
              const { issuerCertificate, ...c } = new X509Certificate(pem).toLegacyObject();
              if (c.subjectaltname === null) c.subjectaltname = 'DNS:'; // unreadable, in Node 20
              for (const k of ['raw', 'pubkey']) if (c[k]) c[k] = c[k].toString('base64');
              console.log(JSON.stringify(c));
            }
            """;
    /** Debian's Node 20 does not take an IPv6 address for one. */
    private static final String KNOWS_IPV6 = """
            const names = { subject: {}, subjectaltname: 'IP Address:0:0:0:0:0:0:0:1' };
            console.log(require('tls').checkServerIdentity('::1', names) === undefined);
            """;

    private static final String CHECKS = """
            const { X509Certificate } = require('crypto');
            const tls = require('tls');
            // Heddle's message must not write line ends into a log
            const escape = (c) => '\\\\u' + c.charCodeAt(0).toString(16).padStart(4, '0');
            for (const [host, pem] of JSON.parse(require('fs').readFileSync(process.argv[2]))) {
              try {
                const e = tls.checkServerIdentity(host, new X509Certificate(pem).toLegacyObject());
                console.log(JSON.stringify(e ? e.message.replace(/[\\x00-\\x1f\\x7f-\\x9f]/g, escape) : 'ok'));
              } catch (e) { console.log(JSON.stringify(e.code)); }
            }
            """;

    @TempDir
    Path directory;

    @Test
    void shows_each_certificate_as_node_does() throws IOException {
        Map<String, X509Certificate> certificates = certificates();
        List<String> theirs = node(
                LEGACY_OBJECTS,
                certificates.values().stream().map(c -> TestPki.pem(List.of(c))).toList());
        var softly = new SoftAssertions();
        int at = 0;
        for (var entry : certificates.entrySet()) {
            JsonObject expected = JsonParser.parseString(theirs.get(at++)).getAsJsonObject();
            JsonObject ours = ours(entry.getValue());
            if (KeyType.of(entry.getValue().getPublicKey()) == KeyType.RSA_PSS) {
                // Node 20 has no entry for such a key, and later releases encode it as one of plain RSA.
                expected.remove("pubkey");
                ours.remove("pubkey");
                if (Node.release().major() < 22) {
                    List.of("modulus", "exponent", "bits").forEach(ours::remove);
                }
            }
            softly.assertThat(ours).as(entry.getKey()).isEqualTo(expected);
        }
        softly.assertAll();
        System.out.println("node: " + at + " certificate objects compared");
        assertThat(at).isGreaterThan(40);
    }

    @Test
    void checks_host_names_as_node_does_with_the_same_messages() throws IOException {
        List<String> hosts = List.of(
                "a.example",
                "A.Example.",
                "b.a.example",
                "example",
                "192.0.2.1",
                "::1",
                "0:0::1",
                "1.2.3.4",
                "good.example.com",
                "evil.example.com",
                "x",
                "xn--mnchen-3ya.example",
                "nodejs.org",
                "");
        if (Node.run(KNOWS_IPV6).succeeded().out().strip().equals("false")) {
            hosts = hosts.stream().filter(host -> host.indexOf(':') < 0).toList();
        }
        List<Object> questions = new ArrayList<>();
        List<String> ours = new ArrayList<>();
        Map<String, X509Certificate> certificates = certificates();
        if (Node.release().major() < 22) {
            certificates.remove("unreadable"); // the common name counts in Node 20
        }
        // Node drops the dot, and takes a name for the host that has passed by constraints with it.
        X509Certificate withFinalDot = Objects.requireNonNull(certificates.remove("dns a.example."));
        assertThat(ServerIdentity.check("a.example", withFinalDot)).isPresent();
        for (X509Certificate certificate : certificates.values()) {
            for (String host : hosts) {
                questions.add(List.of(host, TestPki.pem(List.of(certificate))));
                ours.add(ServerIdentity.check(host, certificate)
                        .map(Throwable::getMessage)
                        .orElse("ok"));
            }
        }
        List<String> theirs = node(CHECKS, questions);
        var softly = new SoftAssertions();
        for (int i = 0; i < ours.size(); i++) {
            softly.assertThat(ours.get(i))
                    .as(questions.get(i).toString().substring(0, 12))
                    .isEqualTo(asFailure(JsonParser.parseString(theirs.get(i)).getAsString()));
        }
        softly.assertAll();
        System.out.println("node: " + ours.size() + " host names compared");
    }

    /** Returns Node's message in the form of a failure: one line of printable characters, of bounded length. */
    private static String asFailure(String words) {
        return String.valueOf(
                Code.ERR_TLS_CERT_ALTNAME_INVALID.failure("%s", words).getMessage());
    }

    private static Map<String, X509Certificate> certificates() {
        var all = new LinkedHashMap<String, X509Certificate>();
        for (TestPki.Key key : TestPki.Key.values()) {
            all.put(
                    key.name(),
                    TestPki.certificate("CN=a.example")
                            .key(key, 60)
                            .server("a.example", "192.0.2.1", "2001:db8::1")
                            .certificateSelfSigned());
        }
        all.put("ca", TestPki.ca().leaf());
        all.put("issued", TestPki.server("a.example", "*.a.example").leaf());
        all.put(
                "ca that may not sign",
                TestPki.certificate("CN=a")
                        .ca()
                        .keyUsage(KeyUsage.digitalSignature)
                        .certificateSelfSigned());
        all.put("version 1", TestPki.certificate("CN=x").version1().certificateSelfSigned());
        for (String serial : new String[] {"0", "1", "127", "128", "11259375", "-5", "-200"}) {
            all.put(
                    "serial " + serial,
                    TestPki.certificate("CN=x").serial(new BigInteger(serial)).certificateSelfSigned());
        }
        all.put(
                "extended key usages",
                TestPki.certificate("CN=x")
                        .extendedKeyUsage(
                                KeyPurposeId.id_kp_serverAuth,
                                KeyPurposeId.id_kp_clientAuth,
                                KeyPurposeId.anyExtendedKeyUsage)
                        .certificateSelfSigned());
        subjects(all);
        alternativeNames(all);
        access(all);
        return all;
    }

    private static void subjects(Map<String, X509Certificate> all) {
        all.put(
                "many attributes",
                TestPki.certificate(
                                "C=US, ST=s, L=l, STREET=street, O=o, OU=one, OU=two, CN=x, E=a@b.example, DC=example, DC=org, UID=u, SERIALNUMBER=7, SURNAME=sn, GIVENNAME=gn, T=title, 1.2.3.4=odd")
                        .certificateSelfSigned());
        all.put(
                "empty subject",
                TestPki.certificate(new X500NameBuilder().build())
                        .extension(
                                Extension.subjectAlternativeName,
                                true,
                                new GeneralNames(new GeneralName(GeneralName.dNSName, "a.example")))
                        .certificateIssuedBy(TestPki.ca()));
        for (String text : new String[] {
            "Ádám Lippai",
            "a\0b",
            "line\nend",
            "a,b",
            "a/b",
            "a+b",
            "\"quoted\"",
            "back\\slash",
            "#sharp",
            " blank ",
            "日本語 😀",
            "\u007f\u0001"
        }) {
            all.put(
                    "utf-8 " + text,
                    subject(new X500NameBuilder()
                            .addRDN(BCStyle.CN, new DERUTF8String(text))
                            .build()));
            all.put(
                    "directory name " + text,
                    altNames(new GeneralName(new X500NameBuilder()
                            .addRDN(BCStyle.O, "o")
                            .addRDN(BCStyle.CN, new DERUTF8String(text))
                            .build())));
        }
        all.put(
                "printable",
                subject(new X500NameBuilder()
                        .addRDN(BCStyle.CN, new DERPrintableString("plain"))
                        .build()));
        all.put(
                "bmp",
                subject(new X500NameBuilder()
                        .addRDN(BCStyle.CN, new DERBMPString("Ádám"))
                        .build()));
        all.put(
                "t61",
                subject(new X500NameBuilder()
                        .addRDN(BCStyle.CN, new DERT61String("Ádám"))
                        .build()));
        all.put(
                "universal",
                subject(new X500NameBuilder()
                        .addRDN(BCStyle.CN, new DERUniversalString(new byte[] {0, 0, 0, 'a', 0, 0, 0, (byte) 0xe1}))
                        .build()));
        all.put(
                "two parts in one",
                subject(new X500NameBuilder()
                        .addMultiValuedRDN(
                                new ASN1ObjectIdentifier[] {BCStyle.CN, BCStyle.OU}, new String[] {"one", "two"})
                        .addRDN(BCStyle.OU, "three")
                        .build()));
        all.put(
                "two common names",
                subject(new X500NameBuilder()
                        .addRDN(BCStyle.CN, "a.example")
                        .addRDN(BCStyle.CN, "x")
                        .build()));
    }

    private static void alternativeNames(Map<String, X509Certificate> all) {
        for (String text : new String[] {
            "good.example.com",
            "good.example.com, DNS:evil.example.com",
            "\"evil.example.com\"",
            "'quoted'",
            "good.example.org\0.evil.example.com",
            "münchen.example",
            "a b",
            "back\\slash",
            "",
            "*.a.example",
            "b*.a.example",
            "*a.example",
            "*.example",
            "*",
            "*.*.example",
            "xn--*.example",
            ".a.example",
            "a..example",
            "a.example.",
            "A.EXAMPLE",
            "nodejs.org, DNS:nodejs.org"
        }) {
            all.put("dns " + text, altNames(latin1(GeneralName.dNSName, text)));
            all.put("uri " + text, altNames(latin1(GeneralName.uniformResourceIdentifier, "http://" + text + "/")));
            all.put("email " + text, altNames(latin1(GeneralName.rfc822Name, text + "@x.example")));
            all.put("mailbox " + text, altNames(other("1.3.6.1.5.5.7.8.9", new DERUTF8String(text))));
            all.put("srv " + text, altNames(other("1.3.6.1.5.5.7.8.7", new DERIA5String(text))));
        }
        for (String oid :
                new String[] {"1.3.6.1.5.5.7.8.5", "1.3.6.1.4.1.311.20.2.3", "1.3.6.1.5.5.7.8.8", "1.2.3.4"}) {
            all.put("other name " + oid, altNames(other(oid, new DERUTF8String("a, b"))));
            all.put("other name of a wrong type " + oid, altNames(other(oid, DERNull.INSTANCE)));
        }
        for (int length : new int[] {0, 3, 4, 5, 8, 15, 16, 17, 32}) {
            byte[] address = new byte[length];
            java.util.Arrays.fill(address, (byte) 0xab);
            all.put(
                    "address of length " + length,
                    altNames(new GeneralName(GeneralName.iPAddress, new DEROctetString(address))));
        }
        all.put("registered id", altNames(new GeneralName(GeneralName.registeredID, "1.3.6.1.4.1.311.20.2.3")));
        all.put("x.400", altNames(new GeneralName(GeneralName.x400Address, new DERSequence())));
        all.put(
                "edi",
                altNames(new GeneralName(
                        GeneralName.ediPartyName,
                        new DERSequence(new DERTaggedObject(true, 1, new DERUTF8String("p"))))));
        all.put(
                "several",
                altNames(
                        new GeneralName(GeneralName.dNSName, "a.example"),
                        latin1(GeneralName.dNSName, "b, c"),
                        new GeneralName(GeneralName.iPAddress, "192.0.2.1"),
                        new GeneralName(GeneralName.iPAddress, "::1"),
                        new GeneralName(new X500Name("C=US, O=a, CN=b+OU=c"))));
        all.put(
                "only addresses and a common name",
                TestPki.certificate("CN=a.example").names("1.2.3.4", "::1").certificateSelfSigned());
        all.put(
                "unreadable",
                TestPki.certificate("CN=a.example")
                        .extension(Extension.subjectAlternativeName, false, new byte[] {5, 0})
                        .certificateSelfSigned());
    }

    private static void access(Map<String, X509Certificate> all) {
        ASN1ObjectIdentifier odd = new ASN1ObjectIdentifier("1.2.3.4");
        AccessDescription[] descriptions = {
            new AccessDescription(
                    AccessDescription.id_ad_ocsp,
                    latin1(
                            GeneralName.uniformResourceIdentifier,
                            "http://a.example/\nOCSP - URI:http://evil.example/")),
            new AccessDescription(
                    AccessDescription.id_ad_ocsp, latin1(GeneralName.uniformResourceIdentifier, "http://b.example/,x")),
            new AccessDescription(
                    AccessDescription.id_ad_caIssuers,
                    latin1(GeneralName.uniformResourceIdentifier, "http://c.example/")),
            new AccessDescription(AccessDescription.id_ad_ocsp, latin1(GeneralName.dNSName, "d.example")),
            new AccessDescription(odd, latin1(GeneralName.uniformResourceIdentifier, "http://e.example/"))
        };
        all.put(
                "information access",
                TestPki.certificate("CN=x")
                        .extension(Extension.authorityInfoAccess, false, new AuthorityInformationAccess(descriptions))
                        .certificateSelfSigned());
    }

    @Test
    void shows_keys_on_curves_that_java_lacks_as_node_does() throws IOException {
        List<String> pems = new ArrayList<>();
        for (String curve :
                List.of("secp256k1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1", "secp224r1")) {
            Path pem = directory.resolve(curve);
            Openssl.run(
                            "req",
                            "-x509",
                            "-newkey",
                            "ec",
                            "-pkeyopt",
                            "ec_paramgen_curve:" + curve,
                            "-nodes",
                            "-subj",
                            "/CN=x",
                            "-keyout",
                            pem + ".key",
                            "-out",
                            pem.toString())
                    .succeeded();
            pems.add(Files.readString(pem));
        }
        List<String> theirs = node(LEGACY_OBJECTS, pems);
        for (int i = 0; i < pems.size(); i++) {
            assertThat(ours(CertificateReader.read("cert", pems.get(i)).getFirst()))
                    .isEqualTo(JsonParser.parseString(theirs.get(i)));
        }
    }

    /** Without an order: Node 22 has another one than Node 20. */
    private static JsonObject ours(X509Certificate certificate) {
        return new Gson().toJsonTree(CertificateInfo.of(certificate).toMap()).getAsJsonObject();
    }

    private static X509Certificate subject(X500Name name) {
        return TestPki.certificate(name).certificateIssuedBy(TestPki.ca());
    }

    private static X509Certificate altNames(GeneralName... names) {
        return TestPki.certificate("CN=x")
                .extension(Extension.subjectAlternativeName, false, new GeneralNames(names))
                .certificateSelfSigned();
    }

    /** A name whose bytes need not be ASCII. */
    private static GeneralName latin1(int kind, String text) {
        return new GeneralName(kind, new DERIA5String(text));
    }

    private static GeneralName other(String oid, ASN1Encodable value) {
        var vector = new ASN1EncodableVector();
        vector.add(new ASN1ObjectIdentifier(oid));
        vector.add(new DERTaggedObject(true, 0, value));
        return new GeneralName(GeneralName.otherName, new DERSequence(vector));
    }

    private List<String> node(String script, List<?> input) throws IOException {
        Path file = Files.writeString(directory.resolve("input.json"), new Gson().toJson(input));
        return Node.run(script, file.toString()).succeeded().out().lines().toList();
    }
}
