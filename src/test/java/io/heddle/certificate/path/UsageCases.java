package io.heddle.certificate.path;

import static io.heddle.certificate.TestPki.certificate;
import static io.heddle.certificate.TestPki.root;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;

/** The usages of the certificates of a chain, and their strength. */
final class UsageCases extends ChainCases {
    @Override
    void fill() {
        authorities();
        usages();
        extensions();
        strength();
    }

    private void authorities() {
        Identity server = certificate("CN=server")
                .key(TestPki.Key.P256, 42)
                .server("b.example")
                .issuedBy(root);
        add("issued by a server", leaf().issuedBy(server), root);
        Identity flagged = certificate("CN=flagged")
                .key(TestPki.Key.P256, 42)
                .extension(Extension.basicConstraints, true, new BasicConstraints(false))
                .issuedBy(root);
        add("issued by a certificate that says it is no CA", leaf().issuedBy(flagged), root);
        Identity usage = certificate("CN=usage")
                .key(TestPki.Key.P256, 42)
                .ca()
                .keyUsage(KeyUsage.digitalSignature)
                .issuedBy(root);
        add("issued by a CA that may not sign certificates", leaf().issuedBy(usage), root);
        Identity bare = certificate("CN=bare").key(TestPki.Key.P256, 42).selfSigned();
        add("root without basicConstraints", leaf().issuedBy(bare), bare);
        Identity bareMiddle = certificate("CN=bare")
                .key(TestPki.Key.P256, 42)
                .keyUsage(KeyUsage.keyCertSign)
                .issuedBy(root);
        add("intermediate that is a CA by key usage alone", leaf().issuedBy(bareMiddle), root);
        Identity bareRoot = certificate("CN=bare")
                .key(TestPki.Key.P256, 42)
                .keyUsage(KeyUsage.keyCertSign)
                .selfSigned();
        add("root that is a CA by key usage alone", leaf().issuedBy(bareRoot), bareRoot);
        Identity versionOne = new Identity(
                TestPki.Key.P256.pair(42).getPrivate(),
                List.of(certificate("CN=one")
                        .key(TestPki.Key.P256, 42)
                        .version1()
                        .certificateIssuedBy(root)));
        add("intermediate of version 1", leaf().issuedBy(versionOne), root);
        Identity zero = certificate("CN=zero").key(TestPki.Key.P256, 43).ca(0).selfSigned();
        Identity under = certificate("CN=under").key(TestPki.Key.P256, 44).ca().issuedBy(zero);
        add("path length 0 and a leaf", leaf().issuedBy(zero), zero);
        add("path length 0 and a CA below", leaf().issuedBy(under), zero);
        Identity one = certificate("CN=middle").key(TestPki.Key.P256, 43).ca(0).issuedBy(root);
        Identity more = certificate("CN=more").key(TestPki.Key.P256, 44).ca().issuedBy(one);
        add("path length 0 in the middle", leaf().issuedBy(more), root);
        Identity renewed = certificate("CN=zero").key(TestPki.Key.P256, 44).ca().issuedBy(zero);
        Identity renewedLeaf = leaf().issuedBy(renewed);
        add(
                "path length 0 and a self-issued CA below",
                renewedLeaf,
                List.of(renewedLeaf.leaf(), renewed.leaf()),
                zero.chain());
        add(
                "leaf that is a CA",
                certificate("CN=leaf")
                        .key(TestPki.Key.P256, 1)
                        .ca()
                        .names("a.example")
                        .issuedBy(root),
                root);
        add(
                "server without any extension",
                new Identity(
                        TestPki.Key.P256.pair(1).getPrivate(),
                        List.of(certificate("CN=leaf").version1().certificateIssuedBy(root))),
                root);
    }

    private void usages() {
        add("client certificate for a server", certificate("CN=leaf").client().issuedBy(root), root);
        add("server certificate for a client", leaf, root);
        replaceLast(Case::client);
        add("client certificate for a client", certificate("CN=leaf").client().issuedBy(root), root);
        replaceLast(Case::client);
        add(
                "any extended key usage",
                certificate("CN=leaf")
                        .extendedKeyUsage(KeyPurposeId.anyExtendedKeyUsage)
                        .issuedBy(root),
                root);
        for (String steppedUp : List.of("1.3.6.1.4.1.311.10.3.3", "2.16.840.1.113730.4.1")) {
            KeyPurposeId gated = KeyPurposeId.getInstance(new ASN1ObjectIdentifier(steppedUp));
            Identity exported = certificate("CN=leaf").extendedKeyUsage(gated).issuedBy(root);
            add("server gated cryptography " + steppedUp, exported, root);
            add("server gated cryptography " + steppedUp + " for a client", exported, root);
            replaceLast(Case::client);
        }
        add(
                "extended key usage for code",
                certificate("CN=leaf")
                        .extendedKeyUsage(KeyPurposeId.id_kp_codeSigning)
                        .issuedBy(root),
                root);
        add(
                "critical extended key usage for both",
                certificate("CN=leaf")
                        .extension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(new KeyPurposeId[] {
                            KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                        }))
                        .issuedBy(root),
                root);
        add("no extended key usage", certificate("CN=leaf").names("a.example").issuedBy(root), root);
        Identity clients = certificate("CN=middle")
                .key(TestPki.Key.P256, 32)
                .ca()
                .extendedKeyUsage(KeyPurposeId.id_kp_clientAuth)
                .issuedBy(root);
        add("intermediate for clients only", leaf().issuedBy(clients), root);
        add(
                "intermediate for clients only, and a client",
                certificate("CN=leaf").client().issuedBy(clients),
                root);
        replaceLast(Case::client);
        for (int usage :
                new int[] {KeyUsage.digitalSignature, KeyUsage.keyEncipherment, KeyUsage.keyAgreement, KeyUsage.cRLSign
                }) {
            Identity used = certificate("CN=leaf").keyUsage(usage).issuedBy(root);
            add("server with key usage " + usage, used, root);
            add("client with key usage " + usage, used, root);
            replaceLast(Case::client);
        }
        for (int type : new int[] {0x80, 0x40, 0x04}) {
            Identity typed = certificate("CN=leaf")
                    .extension(NETSCAPE_CERT_TYPE, false, new DERBitString((byte) type, 2))
                    .issuedBy(root);
            add("server with Netscape type " + type, typed, root);
            add("client with Netscape type " + type, typed, root);
            replaceLast(Case::client);
        }
    }

    private void extensions() {
        add(
                "unknown extension",
                leaf().extension(UNKNOWN_EXTENSION, false, DERNull.INSTANCE).issuedBy(root),
                root);
        add(
                "unknown critical extension",
                leaf().extension(UNKNOWN_EXTENSION, true, DERNull.INSTANCE).issuedBy(root),
                root);
        add(
                "unknown critical extension in the middle",
                leaf().issuedBy(certificate("CN=middle")
                        .key(TestPki.Key.P256, 32)
                        .ca()
                        .extension(UNKNOWN_EXTENSION, true, DERNull.INSTANCE)
                        .issuedBy(root)),
                root);
        add(
                "unknown critical extension in the root",
                leaf().issuedBy(certificate("CN=root")
                        .key(TestPki.Key.P256, 30)
                        .ca()
                        .extension(UNKNOWN_EXTENSION, true, DERNull.INSTANCE)
                        .selfSigned()),
                certificate("CN=root")
                        .key(TestPki.Key.P256, 30)
                        .ca()
                        .extension(UNKNOWN_EXTENSION, true, DERNull.INSTANCE)
                        .selfSigned());
        add(
                "critical subjectKeyIdentifier",
                leaf().extension(Extension.subjectKeyIdentifier, true, new SubjectKeyIdentifier(new byte[20]))
                        .issuedBy(root),
                root);
        add(
                "critical CRL distribution points",
                leaf().extension(Extension.cRLDistributionPoints, true, point("http://crl.example/1"))
                        .issuedBy(root),
                root);
        add(
                "critical certificate policies",
                leaf().extension(
                                Extension.certificatePolicies,
                                true,
                                new CertificatePolicies(
                                        new PolicyInformation(new ASN1ObjectIdentifier("2.23.140.1.2.1"))))
                        .issuedBy(root),
                root);
        add(
                "empty subject, critical alternative names",
                certificate(new X500Name(new RDN[0]))
                        .extension(
                                Extension.subjectAlternativeName,
                                true,
                                new GeneralNames(new GeneralName(GeneralName.dNSName, "a.example")))
                        .issuedBy(root),
                root);
        add(
                "authority key identifier with another serial number",
                leaf().extension(
                                Extension.authorityKeyIdentifier,
                                false,
                                new AuthorityKeyIdentifier(
                                        new GeneralNames(new GeneralName(new X500Name("CN=root"))), BigInteger.TEN))
                        .issuedBy(root),
                root);
        add(
                "authority key identifier with the right serial number",
                leaf().extension(
                                Extension.authorityKeyIdentifier,
                                false,
                                new AuthorityKeyIdentifier(
                                        new GeneralNames(new GeneralName(new X500Name("CN=root"))),
                                        root.leaf().getSerialNumber()))
                        .issuedBy(root),
                root);
        add(
                "authority key identifier with another issuer",
                leaf().extension(
                                Extension.authorityKeyIdentifier,
                                false,
                                new AuthorityKeyIdentifier(
                                        new GeneralNames(new GeneralName(new X500Name("CN=unknown"))),
                                        root.leaf().getSerialNumber()))
                        .issuedBy(root),
                root);
    }

    private void strength() {
        for (TestPki.Key key : new TestPki.Key[] {
            TestPki.Key.RSA_1024,
            TestPki.Key.RSA_PSS_2048,
            TestPki.Key.P384,
            TestPki.Key.P521,
            TestPki.Key.ED25519,
            TestPki.Key.ED448
        }) {
            Identity strong = root("root of " + key, key, 50);
            add(
                    "leaf and root with " + key,
                    certificate("CN=leaf").key(key, 51).server("a.example").issuedBy(strong),
                    strong);
        }
        Identity rsa = root("rsa root", TestPki.Key.RSA_2048, 52);
        add("leaf signed with SHA-1", leaf().signedWith("SHA1withRSA").issuedBy(rsa), rsa);
        add("leaf signed with MD5", leaf().signedWith("MD5withRSA").issuedBy(rsa), rsa);
        add(
                "leaf signed with ECDSA and SHA-1",
                leaf().signedWith("SHA1withECDSA").issuedBy(root),
                root);
        add("leaf signed with SHA-224", leaf().signedWith("SHA224withRSA").issuedBy(rsa), rsa);
        Identity weakRoot = certificate("CN=weak root")
                .key(TestPki.Key.RSA_2048, 52)
                .ca()
                .signedWith("SHA1withRSA")
                .selfSigned();
        add("root signed with SHA-1", leaf().issuedBy(weakRoot), weakRoot);
        X509Certificate tiny = certificate("CN=leaf")
                .key(TestPki.Key.RSA_512, 53)
                .server("a.example")
                .certificateIssuedBy(root);
        add("leaf with RSA 512", tiny, TestPki.Key.RSA_512.pair(53).getPrivate(), root.leaf());
        X509Certificate tinyRoot =
                certificate("CN=tiny root").key(TestPki.Key.RSA_512, 54).ca().certificateSelfSigned();
        X509Certificate underTiny = leaf().certificateIssuedBy(
                        tinyRoot, TestPki.Key.RSA_512.pair(54).getPrivate());
        add("root with RSA 512", underTiny, TestPki.Key.P256.pair(1).getPrivate(), tinyRoot);
    }
}
