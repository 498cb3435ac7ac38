package io.heddle.certificate.path;

import static io.heddle.certificate.TestPki.NOW;
import static io.heddle.certificate.TestPki.crl;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Date;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;

/** Generated chains about CRLs: current, stale, missing, forged, of another scope, revoking any certificate of the chain. */
final class GeneratedCrls {
    private static final Duration DAY = Duration.ofDays(1);
    private static final String POINT = "http://crl.example/1";

    private GeneratedCrls() {}

    static void crls(ChainPlan plan) {
        plan.with(plan.random.nextInt(3));
        if (plan.percent(20)) {
            plan.leaf().extension(Extension.cRLDistributionPoints, false, ChainCases.point(POINT));
            plan.note("leaf names a point");
        }
        if (plan.percent(15)) {
            int mute = plan.random.nextInt(plan.leafPosition());
            plan.certificates.get(mute).keyUsage(KeyUsage.keyCertSign);
            plan.note("no cRLSign at", mute);
        }
        plan.eitherRole();
        plan.issue();
        int missing = plan.percent(10) ? plan.random.nextInt(plan.leafPosition()) : -1;
        for (int issuer = 0; issuer < plan.leafPosition(); issuer++) {
            if (issuer == missing) {
                plan.note("none of", issuer);
                continue;
            }
            for (int count = plan.percent(75) ? 1 : 2; count > 0; count--) {
                add(plan, issuer);
            }
        }
        if (plan.percent(8)) {
            plan.note("stale one revokes the leaf");
            Identity issuer = plan.issued.get(plan.leafPosition() - 1);
            plan.crls.add(crl(issuer, NOW.minus(DAY), NOW.minusSeconds(1), none -> {}, plan.at(plan.leafPosition())));
        }
        Collections.shuffle(plan.crls, plan.random);
        if (plan.crls.isEmpty()) {
            plan.crls.add(crl(TestPki.root("stranger", ChainPlan.KEY, 58)));
            plan.note("of a stranger");
        }
    }

    private static void add(ChainPlan plan, int issuer) {
        Identity signer = plan.issued.get(issuer);
        X509Certificate below = plan.at(issuer + 1);
        X509Certificate[] revoked = plan.percent(12) ? new X509Certificate[] {below} : new X509Certificate[0];
        plan.note("of", issuer, revoked.length > 0 ? "revokes" : "");
        Instant from = NOW.minus(DAY);
        Instant to = NOW.plus(DAY);
        if (plan.percent(12)) {
            switch (plan.random.nextInt(4)) {
                case 0 -> to = NOW.minusSeconds(1);
                case 1 -> from = NOW.plusSeconds(1);
                case 2 -> to = NOW;
                default -> from = NOW;
            }
            plan.note("from", Duration.between(NOW, from), "to", Duration.between(NOW, to));
        }
        if (plan.percent(4)) {
            signer = plan.authority(issuer, 9).ca().selfSigned();
            plan.note("forged");
        }
        String detail = plan.percent(70)
                ? ""
                : plan.pick(
                        "removed",
                        "users only",
                        "CAs only",
                        "attributes only",
                        "indirect",
                        "some reasons",
                        "point",
                        "other point",
                        "delta",
                        "critical",
                        "critical entry",
                        "uncritical",
                        "number");
        plan.note(detail + ",");
        plan.crls.add(crl(signer, from, to, builder -> detail(builder, detail, below), revoked));
    }

    private static void detail(JcaX509v2CRLBuilder builder, String detail, X509Certificate below) {
        switch (detail) {
            case "removed" -> builder.addCRLEntry(below.getSerialNumber(), Date.from(NOW), CRLReason.removeFromCRL);
            case "users only" -> scope(builder, new IssuingDistributionPoint(null, true, false, null, false, false));
            case "CAs only" -> scope(builder, new IssuingDistributionPoint(null, false, true, null, false, false));
            case "attributes only" ->
                scope(builder, new IssuingDistributionPoint(null, false, false, null, false, true));
            case "indirect" -> scope(builder, new IssuingDistributionPoint(null, false, false, null, true, false));
            case "some reasons" ->
                scope(
                        builder,
                        new IssuingDistributionPoint(
                                null, false, false, new ReasonFlags(ReasonFlags.keyCompromise), false, false));
            case "point" -> scope(builder, point(POINT));
            case "other point" -> scope(builder, point("http://crl.example/2"));
            case "delta" -> ChainCases.delta(builder);
            case "critical" -> ChainCases.extension(builder, ChainCases.UNKNOWN_EXTENSION, true, DERNull.INSTANCE);
            case "uncritical" ->
                ChainCases.extension(builder, ChainCases.UNKNOWN_EXTENSION, false, new DERBitString(new byte[] {1}));
            case "number" -> ChainCases.extension(builder, Extension.cRLNumber, false, new CRLNumber(BigInteger.TEN));
            case "critical entry" -> {
                try {
                    var generator = new ExtensionsGenerator();
                    generator.addExtension(ChainCases.UNKNOWN_EXTENSION, true, DERNull.INSTANCE);
                    builder.addCRLEntry(BigInteger.valueOf(99), Date.from(NOW), generator.generate());
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            }
            default -> {}
        }
    }

    private static IssuingDistributionPoint point(String uri) {
        var name = new DistributionPointName(
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
        return new IssuingDistributionPoint(name, false, false, null, false, false);
    }

    private static void scope(JcaX509v2CRLBuilder builder, IssuingDistributionPoint scope) {
        ChainCases.extension(builder, Extension.issuingDistributionPoint, true, scope);
    }
}
