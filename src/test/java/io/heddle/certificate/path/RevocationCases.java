package io.heddle.certificate.path;

import static io.heddle.certificate.TestPki.NOW;
import static io.heddle.certificate.TestPki.certificate;
import static io.heddle.certificate.TestPki.crl;
import static io.heddle.certificate.TestPki.root;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509CRL;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;

/** Chains and the CRLs of their issuers. */
final class RevocationCases extends ChainCases {
    @Override
    void fill() {
        revocation();
        revocationScopes();
    }

    private void revocation() {
        X509CRL rootList = crl(root);
        X509CRL middleList = crl(middle);
        addCrls("CRLs, nothing revoked", deep, rootList, middleList);
        addCrls("leaf revoked", deep, rootList, crl(middle, deep.leaf()));
        addCrls("intermediate revoked", deep, crl(root, middle.leaf()), middleList);
        addCrls("root revoked itself", deep, crl(root, root.leaf()), middleList);
        addCrls("leaf and intermediate revoked", deep, crl(root, middle.leaf()), crl(middle, deep.leaf()));
        addCrls("CRL of the intermediate missing", deep, rootList);
        addCrls("CRL of the root missing", deep, middleList);
        addCrls("CRL of a stranger", leaf, crl(other));
        addCrls("CRL expired", leaf, crl(root, NOW.minus(DAY.multipliedBy(9)), NOW.minus(DAY), c -> {}));
        addCrls("CRL not yet valid", leaf, crl(root, NOW.plus(DAY), NOW.plus(DAY.multipliedBy(9)), c -> {}));
        addCrls(
                "CRL expired, leaf revoked",
                leaf,
                crl(root, NOW.minus(DAY.multipliedBy(9)), NOW.minus(DAY), c -> {}, leaf.leaf()));
        addCrls(
                "CRL expired and a current one",
                leaf,
                crl(root, NOW.minus(DAY.multipliedBy(9)), NOW.minus(DAY), c -> {}, leaf.leaf()),
                rootList);
        addCrls(
                "two current CRLs, the newer revokes",
                leaf,
                crl(root, NOW.minus(DAY.multipliedBy(3)), NOW.plus(DAY), c -> {}),
                crl(root, leaf.leaf()));
        addCrls(
                "two current CRLs, the older revokes",
                leaf,
                crl(root, NOW.minus(DAY.multipliedBy(3)), NOW.plus(DAY), c -> {}, leaf.leaf()),
                rootList);
        Identity mimic = certificate("CN=root").key(TestPki.Key.P256, 39).ca().selfSigned();
        addCrls("CRL with a wrong signature", leaf, crl(mimic));
        addCrls("CRL with a wrong signature, leaf revoked", leaf, crl(mimic, leaf.leaf()));
        addCrls(
                "CRL removed from",
                leaf,
                crl(
                        root,
                        NOW.minus(DAY),
                        NOW.plus(DAY),
                        c -> c.addCRLEntry(leaf.leaf().getSerialNumber(), Date.from(NOW), CRLReason.removeFromCRL)));
        addCrls(
                "CRL with a critical extension",
                leaf,
                crl(root, NOW.minus(DAY), NOW.plus(DAY), c -> extension(c, UNKNOWN_EXTENSION, true, DERNull.INSTANCE)));
        addCrls(
                "CRL with a critical extension, leaf revoked",
                leaf,
                crl(
                        root,
                        NOW.minus(DAY),
                        NOW.plus(DAY),
                        c -> extension(c, UNKNOWN_EXTENSION, true, DERNull.INSTANCE),
                        leaf.leaf()));
        Identity mute = certificate("CN=mute")
                .key(TestPki.Key.P256, 45)
                .ca()
                .keyUsage(KeyUsage.keyCertSign)
                .selfSigned();
        Identity muteLeaf = leaf().issuedBy(mute);
        add(
                "CRL of a CA that may not sign any",
                muteLeaf,
                muteLeaf.chain(),
                TrustStore.of(mute.chain()).withCrls(List.of(crl(mute))));
        add(
                "CRLs and no trust anchor",
                leaf,
                leaf.chain(),
                TrustStore.of(other.chain()).withCrls(List.of(rootList)));
        add(
                "CRLs, self-signed leaf trusted, none of its own",
                leaf().key(TestPki.Key.P256, 33).selfSigned(),
                leaf().key(TestPki.Key.P256, 33).selfSigned().chain(),
                TrustStore.of(List.of()).withCrls(List.of(rootList)));
        add(
                "CRLs and leaf expired",
                leaf().expired().issuedBy(root),
                leaf().expired().issuedBy(root).chain(),
                TrustStore.of(root.chain()).withCrls(List.of(crl(other))));
    }

    private void revocationScopes() {
        addCrls(
                "CRL for users only",
                deep,
                crl(
                        root,
                        NOW.minus(DAY),
                        NOW.plus(DAY),
                        c -> extension(
                                c,
                                Extension.issuingDistributionPoint,
                                true,
                                new IssuingDistributionPoint(null, true, false, null, false, false))),
                crl(middle));
        addCrls(
                "CRL for CAs only, and a leaf",
                leaf,
                crl(
                        root,
                        NOW.minus(DAY),
                        NOW.plus(DAY),
                        c -> extension(
                                c,
                                Extension.issuingDistributionPoint,
                                true,
                                new IssuingDistributionPoint(null, false, true, null, false, false))));
        addCrls(
                "CRLs for users and for CAs",
                leaf,
                crl(
                        root,
                        NOW.minus(DAY),
                        NOW.plus(DAY),
                        c -> extension(
                                c,
                                Extension.issuingDistributionPoint,
                                true,
                                new IssuingDistributionPoint(null, false, true, null, false, false))),
                crl(
                        root,
                        NOW.minus(DAY),
                        NOW.plus(DAY),
                        c -> extension(
                                c,
                                Extension.issuingDistributionPoint,
                                true,
                                new IssuingDistributionPoint(null, true, false, null, false, false)),
                        leaf.leaf()));
        addCrls(
                "indirect CRL",
                leaf,
                crl(
                        root,
                        NOW.minus(DAY),
                        NOW.plus(DAY),
                        c -> extension(
                                c,
                                Extension.issuingDistributionPoint,
                                true,
                                new IssuingDistributionPoint(null, false, false, null, true, false))));
        DistributionPointName here = new DistributionPointName(
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, "http://crl.example/1")));
        X509CRL pointed = crl(
                root,
                NOW.minus(DAY),
                NOW.plus(DAY),
                c -> extension(
                        c,
                        Extension.issuingDistributionPoint,
                        true,
                        new IssuingDistributionPoint(here, false, false, null, false, false)));
        addCrls("CRL of another distribution point", leaf, pointed, crl(other));
        addCrls(
                "CRL of the leaf's distribution point",
                leaf().extension(Extension.cRLDistributionPoints, false, point("http://crl.example/1"))
                        .issuedBy(root),
                pointed,
                crl(root));
        addCrls(
                "CRL with the authority key identifier of another key",
                leaf,
                crl(root, NOW.minus(DAY), NOW.plus(DAY), c -> {
                    try {
                        c.addExtension(
                                Extension.authorityKeyIdentifier,
                                false,
                                new JcaX509ExtensionUtils()
                                        .createAuthorityKeyIdentifier(
                                                other.leaf().getPublicKey()));
                    } catch (NoSuchAlgorithmException | CertIOException failed) {
                        throw new IllegalStateException(failed);
                    }
                }));
    }
}
