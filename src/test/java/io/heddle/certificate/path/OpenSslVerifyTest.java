package io.heddle.certificate.path;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.TestPki;
import io.heddle.certificate.file.TrustedCertificate;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.ProgramResult;
import io.heddle.interop.Openssl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares verdicts, problem by problem, with those of the installed {@code openssl verify}. */
@Tag("interop")
class OpenSslVerifyTest {
    private static final Pattern PROBLEM = Pattern.compile("^error (\\d+) at (\\d+) depth lookup", Pattern.MULTILINE);
    /** After these {@code openssl verify} goes on, after all others it stops, while Node goes on to the end. */
    private static final Set<Code> GOES_ON = Set.of(
            Code.CERT_HAS_EXPIRED,
            Code.DEPTH_ZERO_SELF_SIGNED_CERT,
            Code.INVALID_CA,
            Code.INVALID_NON_CA,
            Code.PATH_LENGTH_EXCEEDED,
            Code.CRL_HAS_EXPIRED,
            Code.CRL_NOT_YET_VALID,
            Code.UNHANDLED_CRITICAL_EXTENSION);

    @TempDir
    Path directory;

    @Test
    void finds_the_same_problems_at_the_same_depths_as_openssl_verify() throws Exception {
        var cases = ChainCases.all();
        var softly = new SoftAssertions();
        for (ChainCases.Case chain : cases) {
            List<String> theirs = openssl(chain);
            List<String> ours = problems(chain);
            boolean stopped = !theirs.isEmpty()
                    && !GOES_ON.contains(Code.valueOf(theirs.getLast().split(" ", 2)[0]));
            List<String> comparable = stopped ? ours.subList(0, Math.min(ours.size(), theirs.size())) : ours;
            softly.assertThat(comparable).as(chain.name()).isEqualTo(theirs);
        }
        softly.assertAll();
        System.out.println("openssl verify: " + cases.size() + " chains compared");
        assertThat(cases).hasSizeGreaterThan(40);
    }

    @Test
    void refuses_more_than_openssl_where_that_is_safer() throws Exception {
        for (ChainCases.Case chain : ChainCases.stricter()) {
            List<String> ours = problems(chain);
            assertThat(ours).as(chain.name()).isNotEmpty();
            // OpenSSL has become stricter too: 3.5 refuses a delta CRL alone, 3.0.19 takes it. It stops at the first
            // problem.
            assertThat(openssl(chain)).as(chain.name()).isIn(List.of(), ours.subList(0, 1));
        }
    }

    @Test
    void accepts_by_another_path_what_the_jdk_accepts_too() throws Exception {
        for (ChainCases.Case chain : ChainCases.otherPaths()) {
            assertThat(problems(chain)).as(chain.name()).isEmpty();
            assertThat(openssl(chain)).as(chain.name()).isNotEmpty();
            assertThat(builtByTheJdk(chain)).as(chain.name()).isTrue();
        }
    }

    private static boolean builtByTheJdk(ChainCases.Case chain) throws GeneralSecurityException {
        var target = new X509CertSelector();
        target.setCertificate(chain.presented().getFirst());
        Set<TrustAnchor> anchors = chain.trust().certificates().stream()
                .map(each -> new TrustAnchor(each, null))
                .collect(Collectors.toSet());
        var parameters = new PKIXBuilderParameters(anchors, target);
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(chain.at()));
        parameters.addCertStore(
                CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain.presented())));
        try {
            CertPathBuilder.getInstance("PKIX").build(parameters);
            return true;
        } catch (CertPathBuilderException none) {
            return false;
        }
    }

    private static List<String> problems(ChainCases.Case chain) {
        return chain.verdict().problems().stream()
                .map(problem -> problem.code() + " at " + problem.depth())
                .toList();
    }

    private List<String> openssl(ChainCases.Case chain) throws IOException {
        List<String> command = new ArrayList<>(List.of("verify", "-no-CApath", "-no-CAstore", "-auth_level", "1"));
        if (chain.trust().certificates().isEmpty()) {
            command.add("-no-CAfile");
        } else {
            command.addAll(List.of("-CAfile", file("ca.pem", pem(chain.trust()))));
        }
        if (chain.presented().size() > 1) {
            command.addAll(List.of(
                    "-untrusted",
                    file(
                            "untrusted.pem",
                            TestPki.pem(chain.presented()
                                    .subList(1, chain.presented().size())))));
        }
        if (!chain.trust().crls().isEmpty()) {
            var text = new StringBuilder();
            chain.trust().crls().forEach(crl -> text.append(TestPki.pem(crl)));
            command.addAll(List.of("-crl_check_all", "-CRLfile", file("crls.pem", text.toString())));
        }
        if (chain.trust().allowPartialTrustChain()) {
            command.add("-partial_chain");
        }
        command.addAll(List.of("-verify_depth", Integer.toString(chain.limits().depth())));
        command.addAll(List.of("-attime", Long.toString(chain.at().getEpochSecond())));
        command.addAll(List.of("-purpose", chain.purpose() == Purpose.SERVER ? "sslserver" : "sslclient"));
        command.add(file("leaf.pem", TestPki.pem(chain.presented().subList(0, 1))));
        ProgramResult finished = Openssl.run(command.toArray(String[]::new));
        String output = finished.output();
        var problems = new ArrayList<String>();
        var matcher = PROBLEM.matcher(output);
        while (matcher.find()) {
            problems.add(Code.ofVerifyResult(Integer.parseInt(matcher.group(1))) + " at " + matcher.group(2));
        }
        assertThat(finished.exitCode() == 0).as("%s: %s", chain, output).isEqualTo(problems.isEmpty());
        return problems;
    }

    private static String pem(TrustStore trust) {
        return trust.trusted().stream().map(TrustedCertificate::toPem).collect(Collectors.joining());
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content).toString();
    }
}
