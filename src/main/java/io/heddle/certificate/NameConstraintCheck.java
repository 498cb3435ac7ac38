package io.heddle.certificate;

import static io.heddle.failure.TlsFailure.Code.EXCLUDED_VIOLATION;
import static io.heddle.failure.TlsFailure.Code.PERMITTED_VIOLATION;
import static io.heddle.failure.TlsFailure.Code.UNSUPPORTED_CONSTRAINT_SYNTAX;

import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;
import org.jspecify.annotations.Nullable;

/**
 * Checks the names of a chain against the name constraints above them, RFC 5280 4.2.1.10, those of the trust anchor included,
 * which the JDK passes over. The comparison of names is BouncyCastle's.
 *
 * <p>As in OpenSSL, the leaf's common name counts as a DNS name if it looks like one and the leaf has no other.
 */
final class NameConstraintCheck {
    private static final String NAME_CONSTRAINTS = "2.5.29.30";
    private static final String SUBJECT_ALT_NAME = "2.5.29.17";

    private NameConstraintCheck() {}

    static void check(ChainBuilder.Chain chain, Findings findings) {
        List<Link> links = chain.links();
        for (int issuer = chain.lastDepth(); issuer > 0; issuer--) {
            byte[] extension = links.get(issuer).certificate.getExtensionValue(NAME_CONSTRAINTS);
            if (extension == null) {
                continue;
            }
            ASN1Primitive content = Link.content(extension);
            for (int depth = issuer - 1; depth >= 0; depth--) {
                Link link = links.get(depth);
                // RFC 5280 6.1.3: a self-issued certificate in the middle of the path is exempt.
                if (depth == 0 || !link.selfIssued) {
                    check(content, links.get(issuer), link, depth, findings);
                }
            }
        }
    }

    private static void check(@Nullable ASN1Primitive content, Link issuer, Link link, int depth, Findings findings) {
        NameConstraints constraints;
        List<GeneralName> names;
        try {
            constraints = NameConstraints.getInstance(content);
            names = names(link, depth == 0);
        } catch (RuntimeException unreadable) {
            constraints = null;
            names = List.of();
        }
        if (constraints == null) {
            findings.add(
                    UNSUPPORTED_CONSTRAINT_SYNTAX,
                    depth,
                    "the name constraints of %s or the names of %s cannot be read",
                    issuer,
                    link);
            return;
        }
        var validator = new PKIXNameConstraintValidator();
        try {
            if (constraints.getPermittedSubtrees() != null) {
                validator.intersectPermittedSubtree(constraints.getPermittedSubtrees());
            }
            if (constraints.getExcludedSubtrees() != null) {
                for (GeneralSubtree excluded : constraints.getExcludedSubtrees()) {
                    validator.addExcludedSubtree(excluded);
                }
            }
        } catch (RuntimeException unsupported) {
            findings.add(UNSUPPORTED_CONSTRAINT_SYNTAX, depth, "the name constraints of %s cannot be used", issuer);
            return;
        }
        for (GeneralName name : names) {
            try {
                validator.checkPermitted(name);
            } catch (NameConstraintValidatorException | RuntimeException outside) {
                findings.add(
                        PERMITTED_VIOLATION,
                        depth,
                        "the names of %s are not among those that %s may issue",
                        link,
                        issuer);
                return;
            }
            try {
                validator.checkExcluded(name);
            } catch (NameConstraintValidatorException | RuntimeException inside) {
                findings.add(
                        EXCLUDED_VIOLATION,
                        depth,
                        "the names of %s are among those that %s may not issue",
                        link,
                        issuer);
                return;
            }
        }
    }

    private static List<GeneralName> names(Link link, boolean leaf) {
        var names = new ArrayList<GeneralName>();
        X500Name subject = X500Name.getInstance(link.subject.getEncoded());
        if (subject.size() > 0) {
            names.add(new GeneralName(subject));
        }
        for (var rdn : subject.getRDNs(BCStyle.EmailAddress)) {
            names.add(new GeneralName(
                    GeneralName.rfc822Name,
                    IETFUtils.valueToString(rdn.getFirst().getValue())));
        }
        boolean hasDns = false;
        ASN1Primitive alternatives = Link.content(link.certificate.getExtensionValue(SUBJECT_ALT_NAME));
        if (alternatives != null) {
            for (GeneralName name : GeneralNames.getInstance(alternatives).getNames()) {
                names.add(name);
                hasDns |= name.getTagNo() == GeneralName.dNSName;
            }
        }
        if (leaf && !hasDns) {
            for (String commonName : DistinguishedName.of(link.subject).all("CN")) {
                if (looksLikeDnsName(commonName)) {
                    names.add(new GeneralName(GeneralName.dNSName, commonName));
                }
            }
        }
        return names;
    }

    private static boolean looksLikeDnsName(String name) {
        return name.matches("[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)+");
    }
}
