package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.file.Pem;
import io.heddle.certificate.file.TrustedCertificate;
import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatingSystemRootsTest {
    private static final Identity ONE = TestPki.root("one", TestPki.Key.P256, 61);
    private static final Identity TWO = TestPki.root("two", TestPki.Key.P256, 62);

    @TempDir
    private Path folder;

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private static String pem(Identity... identities) {
        return TestPki.pem(Stream.of(identities).map(Identity::leaf).toList());
    }

    private static OperatingSystemRoots read(Path... bundles) {
        return OperatingSystemRoots.read("Linux", List.of(bundles));
    }

    @Test
    void the_first_bundle_that_is_there_counts() throws Exception {
        Path missing = folder.resolve("missing.pem");
        Path first = file("first.pem", pem(ONE, TWO, ONE));
        Path link = Files.createSymbolicLink(folder.resolve("link.pem"), first);
        Path second = file("second.pem", pem(TWO));

        assertThat(read(missing, folder, link, second).certificates()).containsExactly(trusted(ONE), trusted(TWO));
        assertThat(read(missing, link).problems()).isEmpty();
    }

    @Test
    void a_bundle_without_certificates_gives_way_to_the_next() throws Exception {
        Path empty = file("empty.pem", "# nothing\n");
        OperatingSystemRoots roots = read(empty, file("good.pem", pem(ONE)));

        assertThat(roots.certificates()).containsExactly(trusted(ONE));
        assertThat(read(empty).certificates()).isEmpty();
        assertThat(read(empty).problems())
                .containsExactly("CaSource.SYSTEM \"%s\": contains no certificate in PEM or DER".formatted(empty));
    }

    @Test
    void a_certificate_that_is_broken_takes_no_other_away() throws Exception {
        String broken = Pem.write("CERTIFICATE", "not DER".getBytes(StandardCharsets.US_ASCII));
        Path bundle = file("bundle.pem", pem(ONE) + broken + pem(TWO));

        assertThat(read(bundle).certificates()).containsExactly(trusted(ONE), trusted(TWO));
        assertThat(read(bundle).problems())
                .containsExactly("CaSource.SYSTEM \"%s\": contains a certificate whose content is not valid DER"
                        .formatted(bundle));
    }

    @Test
    void a_bundle_that_is_no_pem_is_a_problem_and_no_exception() throws Exception {
        Path cut = file("cut.pem", pem(ONE).substring(0, 100));

        assertThat(read(cut).certificates()).isEmpty();
        assertThat(read(cut).problems()).singleElement().asString().contains("has no END line");
        Path missing = folder.resolve("missing.pem");
        assertThat(read(missing).problems())
                .containsExactly("CaSource.SYSTEM: none of the files [%s] is there".formatted(missing));
    }

    @Test
    void a_key_store_of_another_system_is_a_problem_and_no_exception() {
        for (String os : List.of("Windows 11", "Mac OS X")) {
            OperatingSystemRoots roots = OperatingSystemRoots.read(os, List.of());
            assertThat(roots.problems())
                    .as(os)
                    .isNotEmpty()
                    .allMatch(problem -> problem.startsWith("CaSource.SYSTEM: "));
        }
        assertThat(OperatingSystemRoots.read("Windows 11", List.of()).problems())
                .singleElement()
                .asString()
                .startsWith("CaSource.SYSTEM: the key store Windows-ROOT cannot be read: ");
    }

    @Test
    void a_certificate_with_a_private_key_is_no_root() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("root", ONE.leaf());
        store.setKeyEntry("own", TWO.key(), new char[0], TWO.chain().toArray(X509Certificate[]::new));

        assertThat(OperatingSystemRoots.trusted(store)).containsExactly(ONE.leaf());
    }

    // The source in options

    @DisplayName("VER-42: the roots of the operating system")
    @Test
    void are_the_certificates_of_the_bundle_of_this_machine() {
        OperatingSystemRoots here = OperatingSystemRoots.read();

        assertThat(Tls.getCACertificates(CaSource.SYSTEM))
                .hasSameSizeAs(here.certificates())
                .isSameAs(Tls.getCACertificates(CaSource.SYSTEM));
        SecureContext.Builder named = SecureContext.builder().ca(CaSource.SYSTEM);
        if (here.certificates().isEmpty()) {
            assertThatExceptionOfType(InvalidOption.class)
                    .isThrownBy(named::build)
                    .withMessageStartingWith(
                            "ca: CaSource.SYSTEM has no certificate: CaSource.SYSTEM: none of the files");
        } else {
            assertThat(named.build().trusted())
                    .isEqualTo(here.certificates().stream()
                            .map(TrustedCertificate::certificate)
                            .toList());
            assertThat(named.ca(ONE.chain()).build().trusted())
                    .hasSize(here.certificates().size() + 1)
                    .contains(ONE.leaf());
        }
    }

    @Test
    void a_source_replaces_or_extends_the_default_roots_as_certificates_do() {
        List<X509Certificate> bundled =
                SecureContext.builder().ca(CaSource.BUNDLED).build().trusted();
        List<X509Certificate> defaults = SecureContext.builder().build().trusted();
        SecureContext context =
                SecureContext.builder().ca(ONE.chain()).addCa(CaSource.BUNDLED).build();

        assertThat(bundled).hasSameSizeAs(Tls.rootCertificates());
        assertThat(context.trusted())
                .startsWith(ONE.leaf())
                .containsAll(bundled)
                .hasSize(bundled.size() + 1);
        assertThat(context.content().authorities())
                .as("the roots of a source are not named to clients")
                .containsExactly(ONE.leaf().getSubjectX500Principal());
        assertThat(context.toBuilder().addCa(TWO.chain()).build().trusted())
                .containsAll(bundled)
                .contains(ONE.leaf(), TWO.leaf());
        assertThat(SecureContext.builder().addCa(CaSource.DEFAULT).build().trusted())
                .isEqualTo(defaults);
    }

    @Test
    void a_source_that_is_empty_is_refused_where_an_option_names_it() {
        assertThat(Tls.getCACertificates(CaSource.EXTRA)).isEmpty();
        for (SecureContext.Builder named : List.of(
                SecureContext.builder().ca(CaSource.EXTRA),
                SecureContext.builder().addCa(CaSource.EXTRA))) {
            assertThatExceptionOfType(InvalidOption.class)
                    .isThrownBy(named::build)
                    .withMessageEndingWith(
                            "CaSource.EXTRA has no certificate: the system property heddle.extraCACerts is not set");
        }
    }

    private static TrustedCertificate trusted(Identity root) {
        return TrustedCertificate.of(root.leaf());
    }
}
