package io.heddle;

import io.heddle.certificate.Identity;
import io.heddle.certificate.file.CertificateReader;
import io.heddle.certificate.file.Pkcs12;
import io.heddle.certificate.file.PrivateKeyReader;
import io.heddle.failure.InvalidOption;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * The local identities of the options: each certificate chain with the key that fits, in whatever order they were
 * given.
 *
 * @param others the other certificates of PKCS#12 files, which are trusted
 */
record OwnIdentities(List<Identity> identities, List<X509Certificate> others) {
    private static final char[] NONE = new char[0];

    /** Reads and pairs certificates and keys; one without the other is refused. */
    static OwnIdentities read(ContextOptions options) {
        List<Identity> found = new ArrayList<>(options.identities);
        List<X509Certificate> others = new ArrayList<>();
        char[] common = options.passphrase == null ? NONE : options.passphrase;
        pair(options, common, found);
        for (Source source : options.pfxs) {
            Pkcs12 read = source.read((name, content) -> Pkcs12.read(name, content, source.secret(common)));
            found.add(read.identity());
            others.addAll(read.others());
        }
        return new OwnIdentities(found, others);
    }

    private static void pair(ContextOptions options, char[] common, List<Identity> found) {
        List<PrivateKey> keys = new ArrayList<>();
        for (Source source : options.keys) {
            keys.add(source.read((name, content) -> PrivateKeyReader.read(name, content, source.secret(common))));
        }
        List<PrivateKey> unused = new ArrayList<>(keys);
        for (Source source : options.certs) {
            List<X509Certificate> chain = source.read(CertificateReader::read);
            Identity identity = unused.stream()
                    .flatMap(key -> Identity.matching(key, chain).stream())
                    .findFirst()
                    .orElseThrow(() -> mismatch(source, chain.getFirst(), keys));
            unused.remove(identity.key());
            found.add(identity);
        }
        if (!unused.isEmpty()) {
            throw new InvalidOption(
                    "ERR_OSSL_X509_KEY_VALUES_MISMATCH",
                    "key: %d of %d keys have no certificate, %d certificates were given"
                            .formatted(unused.size(), keys.size(), options.certs.size()));
        }
    }

    private static InvalidOption mismatch(Source source, X509Certificate certificate, List<PrivateKey> keys) {
        String given = keys.isEmpty()
                ? "none was"
                : "keys of " + keys.stream().map(PrivateKey::getAlgorithm).toList() + " were";
        return new InvalidOption(
                "ERR_OSSL_X509_KEY_VALUES_MISMATCH",
                "%s: no key fits %s (%s key), %s given (key values mismatch)"
                        .formatted(
                                source.name(),
                                certificate.getSubjectX500Principal().getName(),
                                certificate.getPublicKey().getAlgorithm(),
                                given));
    }
}
