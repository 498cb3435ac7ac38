package io.heddle.certificate.path;

import io.heddle.certificate.TestCertificate;
import java.math.BigInteger;
import java.util.List;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.CertPolicyId;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.PolicyConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.asn1.x509.PolicyMappings;
import org.jspecify.annotations.Nullable;

/** Generated chains about certificate policies, RFC 5280 6.1: what they allow, demand, map and inhibit. */
final class GeneratedPolicies {
    private static final String ANY_POLICY = "2.5.29.32.0";

    private GeneratedPolicies() {}

    static void policies(ChainPlan plan) {
        plan.with(1 + plan.random.nextInt(2));
        for (int position = 0; position <= plan.leafPosition(); position++) {
            TestCertificate certificate = plan.certificates.get(position);
            List<String> policies = plan.percent(30) ? List.of() : plan.some(2, "1.2.3.1", "1.2.3.2", ANY_POLICY);
            if (!policies.isEmpty()) {
                certificate.extension(
                        Extension.certificatePolicies,
                        plan.percent(20),
                        new CertificatePolicies(policies.stream()
                                .map(policy -> new PolicyInformation(new ASN1ObjectIdentifier(policy)))
                                .toArray(PolicyInformation[]::new)));
                plan.note("at", position, policies);
            }
            if (position == plan.leafPosition()) {
                break;
            }
            if (plan.percent(35)) {
                @Nullable BigInteger explicit = plan.percent(70) ? BigInteger.valueOf(plan.random.nextInt(3)) : null;
                @Nullable BigInteger mapping = plan.percent(30) ? BigInteger.valueOf(plan.random.nextInt(2)) : null;
                certificate.extension(
                        Extension.policyConstraints, plan.percent(80), new PolicyConstraints(explicit, mapping));
                plan.note("explicit", explicit, "no mapping", mapping);
            }
            if (plan.percent(20)) {
                int after = plan.random.nextInt(2);
                certificate.extension(Extension.inhibitAnyPolicy, plan.percent(80), new ASN1Integer(after));
                plan.note("no any after", after);
            }
            if (position > 0 && plan.percent(20)) {
                certificate.extension(
                        Extension.policyMappings,
                        plan.percent(50),
                        new PolicyMappings(
                                CertPolicyId.getInstance(new ASN1ObjectIdentifier("1.2.3.1")),
                                CertPolicyId.getInstance(
                                        new ASN1ObjectIdentifier(plan.percent(90) ? "1.2.3.2" : ANY_POLICY))));
                plan.note("maps");
            }
        }
        plan.eitherRole();
    }
}
