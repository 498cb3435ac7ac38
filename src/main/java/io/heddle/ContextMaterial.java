package io.heddle;

import io.heddle.certificate.CertificateReader;
import io.heddle.certificate.CrlReader;
import io.heddle.certificate.DhParameters;
import io.heddle.certificate.Identity;
import io.heddle.certificate.Pkcs12;
import io.heddle.certificate.PrivateKeyReader;
import io.heddle.certificate.TrustStore;
import io.heddle.cipher.CipherList;
import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.cipher.TlsVersion;
import io.heddle.engine.DhGroups;
import io.heddle.engine.ProviderCrypto;
import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.nio.file.Files;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The options of a context, read and checked: from texts and files to objects that cannot be wrong later. */
record ContextMaterial(
        ProviderCrypto crypto,
        List<Identity> identities,
        TrustStore trust,
        List<TlsVersion> versions,
        List<Suite> suites,
        List<Group> groups,
        List<Sigalg> sigalgs,
        DhGroups dh,
        int securityLevel) {
    /** X25519 first: it is the fastest on the JDK's providers, and the one most clients send a key for. */
    private static final List<Group> AUTO = List.of(
            Group.X25519,
            Group.P_256,
            Group.X25519MLKEM768,
            Group.X448,
            Group.P_521,
            Group.P_384,
            Group.FFDHE2048,
            Group.FFDHE3072);

    /** SHA-1, SHA-224 and DSA must be asked for by name. */
    private static final Set<Sigalg> NOT_BY_DEFAULT = Set.of(
            Sigalg.ECDSA_SHA1,
            Sigalg.ECDSA_SHA224,
            Sigalg.RSA_PKCS1_SHA1,
            Sigalg.RSA_PKCS1_SHA224,
            Sigalg.DSA_SHA1,
            Sigalg.DSA_SHA224,
            Sigalg.DSA_SHA256,
            Sigalg.DSA_SHA384,
            Sigalg.DSA_SHA512);

    static ContextMaterial of(SecureContextBuilder<?> options) {
        var crypto = new ProviderCrypto(options.random);
        CipherList list = options.ciphers == null ? CipherList.defaults() : CipherList.of(options.ciphers);
        List<X509Certificate> extra = new ArrayList<>();
        List<Identity> identities = identities(options, extra);
        TrustStore trust = trust(options, extra);
        List<TlsVersion> versions = versions(options, list);
        List<Identity> completed = identities.stream()
                .map(each -> each.withChain(
                        trust.certificates().isEmpty() || !options.hasOwnTrust()
                                ? each.chain()
                                : trust.complete(each.chain(), options.clock.instant())))
                .toList();
        return new ContextMaterial(
                crypto,
                completed,
                trust,
                versions,
                suites(options, list, versions, crypto),
                groups(options),
                sigalgs(options),
                dh(options),
                list.securityLevel());
    }

    private static byte[] content(SecureContextBuilder.Source source, String option) {
        if (source.content() != null) {
            return source.content();
        }
        try {
            return Files.readAllBytes(java.util.Objects.requireNonNull(source.file()));
        } catch (IOException e) {
            throw new InvalidOption(
                    "ENOENT", "%s: cannot read %s: %s".formatted(option, source.name(), e.getMessage()), e);
        }
    }

    /** Pairs keys with certificates, by what fits; a key without a certificate or the reverse is refused. */
    private static List<Identity> identities(SecureContextBuilder<?> options, List<X509Certificate> extra) {
        List<Identity> found = new ArrayList<>(options.identities);
        char[] passphrase = options.passphrase == null ? new char[0] : options.passphrase;
        List<PrivateKey> keys = new ArrayList<>();
        for (SecureContextBuilder.Source source : options.keys) {
            char[] secret = source.secret() == null ? passphrase : source.secret();
            keys.add(PrivateKeyReader.read(source.name(), content(source, "key"), secret));
        }
        List<PrivateKey> unused = new ArrayList<>(keys);
        for (SecureContextBuilder.Source source : options.certs) {
            List<X509Certificate> chain = CertificateReader.read(source.name(), content(source, "cert"));
            PrivateKey key = unused.stream()
                    .filter(each -> Identity.matches(each, chain.getFirst()))
                    .findFirst()
                    .orElseThrow(() -> mismatch(source, chain.getFirst(), keys));
            unused.remove(key);
            found.add(new Identity(key, chain));
        }
        if (!unused.isEmpty()) {
            throw new InvalidOption(
                    "ERR_OSSL_X509_KEY_VALUES_MISMATCH",
                    "key: %d of %d keys have no certificate, %d certificates were given"
                            .formatted(unused.size(), keys.size(), options.certs.size()));
        }
        for (SecureContextBuilder.Pfx pfx : options.pfxs) {
            Pkcs12 read = Pkcs12.read(pfx.source().name(), content(pfx.source(), "pfx"), pfx.passphrase());
            found.add(read.identity());
            extra.addAll(read.others());
        }
        return found;
    }

    private static InvalidOption mismatch(
            SecureContextBuilder.Source source, X509Certificate certificate, List<PrivateKey> keys) {
        return new InvalidOption(
                "ERR_OSSL_X509_KEY_VALUES_MISMATCH",
                "cert: no key fits %s (%s, %s key), %s given"
                        .formatted(
                                source.name(),
                                certificate.getSubjectX500Principal().getName(),
                                certificate.getPublicKey().getAlgorithm(),
                                keys.isEmpty()
                                        ? "none was"
                                        : "keys of "
                                                + keys.stream()
                                                        .map(PrivateKey::getAlgorithm)
                                                        .toList() + " were"));
    }

    private static TrustStore trust(SecureContextBuilder<?> options, List<X509Certificate> extra) {
        List<X509Certificate> own = new ArrayList<>(options.caCertificates);
        for (SecureContextBuilder.Source source : options.cas) {
            own.addAll(CertificateReader.read(source.name(), content(source, "ca")));
        }
        own.addAll(extra);
        TrustStore store =
                options.caReplaces ? TrustStore.of(own) : TrustStore.system().plus(own);
        List<X509CRL> crls = new ArrayList<>(options.crlObjects);
        for (SecureContextBuilder.Source source : options.crls) {
            crls.addAll(CrlReader.read(source.name(), content(source, "crl")));
        }
        TrustStore checked = crls.isEmpty() ? store : store.withCrls(crls);
        return options.allowPartialTrustChain ? checked.allowPartialTrustChain(true) : checked;
    }

    private static List<TlsVersion> versions(SecureContextBuilder<?> options, CipherList list) {
        if (options.protocolSet && options.versionsSet) {
            throw new InvalidOption(
                    "ERR_TLS_PROTOCOL_VERSION_CONFLICT",
                    "secureProtocol: it was set together with minVersion or maxVersion, which say the same");
        }
        TlsVersion min = options.minVersion;
        // As Node does: a list of TLS 1.3 names alone means TLS 1.3 alone.
        if (list.tls12().isEmpty() && min != TlsVersion.TLS_1_3 && options.maxVersion == TlsVersion.TLS_1_3) {
            min = TlsVersion.TLS_1_3;
        }
        // And a list that leaves no suite of TLS 1.3 means that there is no TLS 1.3.
        TlsVersion max = list.tls13().isEmpty() && options.maxVersion == TlsVersion.TLS_1_3
                ? TlsVersion.TLS_1_2
                : options.maxVersion;
        if (!max.isAtLeast(min)) {
            throw new InvalidOption(
                    "ERR_SSL_NO_PROTOCOLS_AVAILABLE", "minVersion: %s is above maxVersion %s".formatted(min, max));
        }
        List<TlsVersion> versions = new ArrayList<>();
        for (TlsVersion each : TlsVersion.values()) {
            if (each.isAtLeast(min) && max.isAtLeast(each) && !options.secureOptions.contains(offSwitch(each))) {
                versions.addFirst(each);
            }
        }
        if (versions.isEmpty()) {
            throw new InvalidOption(
                    "ERR_SSL_NO_PROTOCOLS_AVAILABLE",
                    "secureOptions: %s leave no version".formatted(options.secureOptions));
        }
        return versions;
    }

    private static SecureOption offSwitch(TlsVersion version) {
        return switch (version) {
            case TLS_1_0 -> SecureOption.NO_TLSV1;
            case TLS_1_1 -> SecureOption.NO_TLSV1_1;
            case TLS_1_2 -> SecureOption.NO_TLSV1_2;
            case TLS_1_3 -> SecureOption.NO_TLSV1_3;
        };
    }

    private static List<Suite> suites(
            SecureContextBuilder<?> options, CipherList list, List<TlsVersion> versions, ProviderCrypto crypto) {
        List<Suite> suites = Stream.concat(list.tls13().stream(), list.tls12().stream())
                .filter(suite -> versions.stream().anyMatch(suite::fits))
                .filter(suite -> runs(crypto, suite))
                .toList();
        for (TlsVersion version : versions) {
            if (suites.stream().noneMatch(suite -> suite.fits(version)) && versions.size() == 1) {
                throw new InvalidOption(
                        "ERR_SSL_NO_CIPHER_MATCH",
                        "cipher list: \"%s\" selects no suite for %s"
                                .formatted(options.ciphers == null ? CipherList.DEFAULT : options.ciphers, version));
            }
        }
        if (suites.isEmpty()) {
            throw new InvalidOption(
                    "ERR_SSL_NO_CIPHER_MATCH",
                    "cipher list: \"%s\" selects no suite for %s".formatted(options.ciphers, versions));
        }
        return suites;
    }

    /** Pre-shared keys have no option yet, so their suites cannot be negotiated. */
    private static boolean runs(ProviderCrypto crypto, Suite suite) {
        return switch (suite.keyExchange()) {
            case ANY, RSA, ECDHE, DHE -> crypto.runs(suite);
            case PSK, DHE_PSK, ECDHE_PSK, RSA_PSK -> false;
        };
    }

    static List<Suite> runnable(ProviderCrypto crypto) {
        return Suite.all().stream().filter(suite -> runs(crypto, suite)).toList();
    }

    private static DhGroups dh(SecureContextBuilder<?> options) {
        SecureContextBuilder.Source source = options.dhparam;
        return source == null
                ? new DhGroups(options.dhAuto, Optional.empty())
                : new DhGroups(false, Optional.of(DhParameters.read(source.name(), content(source, "dhparam"))));
    }

    private static List<Group> groups(SecureContextBuilder<?> options) {
        return options.ecdhCurve.equals(Tls.DEFAULT_ECDH_CURVE) ? AUTO : Group.parseList(options.ecdhCurve);
    }

    private static List<Sigalg> sigalgs(SecureContextBuilder<?> options) {
        return options.sigalgs == null
                ? Arrays.stream(Sigalg.values())
                        .filter(each -> !NOT_BY_DEFAULT.contains(each))
                        .toList()
                : Sigalg.parseList(options.sigalgs);
    }
}
