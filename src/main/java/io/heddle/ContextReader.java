package io.heddle;

import io.heddle.certificate.Identity;
import io.heddle.certificate.file.CertificateReader;
import io.heddle.certificate.file.CrlReader;
import io.heddle.certificate.file.DhParameters;
import io.heddle.certificate.file.TrustedCertificate;
import io.heddle.certificate.path.ChainVerifier;
import io.heddle.certificate.path.TrustStore;
import io.heddle.cipher.CipherList;
import io.heddle.cipher.GroupList;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.endpoint.ContextSettings;
import io.heddle.engine.compression.CertificateCompressionAlgorithm;
import io.heddle.engine.crypto.DhGroups;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.handshake.trust.PeerTrust;
import io.heddle.failure.InvalidOption;
import io.heddle.protocol.TlsVersion;
import io.heddle.protocol.rules.SecurityLevel;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Creates the content of a context from its options, whose texts and files it reads and checks. */
final class ContextReader {
    private ContextReader() {}

    /**
     * Creates the context.
     *
     * @throws InvalidOption if the options are not consistent; the message names option, file and reason
     */
    static ContextSettings read(ContextOptions options) {
        var crypto = new ProviderCrypto(options.random);
        CipherList list = options.ciphers == null ? CipherList.defaults() : CipherList.of(options.ciphers);
        OwnIdentities own = OwnIdentities.read(options);
        List<TrustedCertificate> given = given(options, own.others());
        TrustStore trust = trust(options, given);
        List<TlsVersion> versions = versions(options, list);
        List<Identity> identities = own.identities().stream()
                .map(identity -> given.isEmpty()
                        ? identity
                        : identity.withChain(trust.complete(identity.chain(), options.clock.instant())))
                .toList();
        identities.forEach(identity -> identity.requireLevel(list.securityLevel()));
        return new ContextSettings(
                new ContextSettings.Environment(crypto, options.clock, options.random),
                identities,
                new PeerTrust(
                        trust,
                        new ChainVerifier.Limits(ChainVerifier.Limits.DEFAULT.depth(), list.securityLevel()),
                        options.clock),
                ContextSettings.authorities(
                        given.stream().map(TrustedCertificate::certificate).toList()),
                Optional.ofNullable(options.managers),
                new ContextSettings.Negotiable(
                        versions,
                        suites(options, list, versions, crypto),
                        groups(options, versions, list.securityLevel()),
                        sigalgs(options, versions, list.securityLevel()),
                        dh(options, list.securityLevel()),
                        certificateCompression(options, versions)),
                policy(options));
    }

    private static ContextSettings.Policy policy(ContextOptions options) {
        return new ContextSettings.Policy(
                options.honorCipherOrder == null || options.honorCipherOrder,
                !options.secureOptions.contains(SecureOption.NO_TICKET),
                !options.secureOptions.contains(SecureOption.NO_RENEGOTIATION),
                options.secureOptions.contains(SecureOption.LEGACY_SERVER_CONNECT));
    }

    /**
     * Returns the certificates to trust: those of the options, of files, and those of PKCS#12 files beside the
     * local chains.
     */
    private static List<TrustedCertificate> given(ContextOptions options, List<X509Certificate> others) {
        List<TrustedCertificate> given = new ArrayList<>();
        options.caCertificates.forEach(certificate -> given.add(TrustedCertificate.of(certificate)));
        for (Source source : options.cas) {
            given.addAll(source.read(CertificateReader::readTrusted));
        }
        others.forEach(certificate -> given.add(TrustedCertificate.of(certificate)));
        return given;
    }

    private static TrustStore trust(ContextOptions options, List<TrustedCertificate> given) {
        // A trust manager replaces the trust anchors, so the default roots need not be read.
        boolean managed = options.managers != null && options.managers.trust().isPresent();
        TrustStore store = options.caReplaces || managed
                ? TrustStore.ofTrusted(given)
                : DefaultTrust.store().plusTrusted(given);
        for (var named : options.caSources.entrySet()) {
            store = store.plusTrusted(DefaultTrust.named(named.getValue(), named.getKey()));
        }
        List<X509CRL> crls = new ArrayList<>(options.crlObjects);
        for (Source source : options.crls) {
            crls.addAll(source.read(CrlReader::read));
        }
        TrustStore checked = crls.isEmpty() ? store : store.withCrls(crls);
        return options.allowPartialTrustChain ? checked.allowPartialTrustChain(true) : checked;
    }

    private static List<TlsVersion> versions(ContextOptions options, CipherList list) {
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
        // A list without suites of TLS 1.3 disables TLS 1.3.
        TlsVersion max = list.tls13().isEmpty() && options.maxVersion == TlsVersion.TLS_1_3
                ? TlsVersion.TLS_1_2
                : options.maxVersion;
        if (!max.isAtLeast(min)) {
            throw new InvalidOption(
                    "ERR_SSL_NO_PROTOCOLS_AVAILABLE", "minVersion: %s is above maxVersion %s".formatted(min, max));
        }
        List<TlsVersion> versions = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            if (version.isAtLeast(min)
                    && max.isAtLeast(version)
                    && !options.secureOptions.contains(offSwitch(version))) {
                versions.addFirst(version);
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
            ContextOptions options, CipherList list, List<TlsVersion> versions, ProviderCrypto crypto) {
        List<Suite> suites = Stream.concat(list.tls13().stream(), list.tls12().stream())
                .filter(suite -> versions.stream().anyMatch(suite::fits))
                .filter(crypto::runs)
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

    private static DhGroups dh(ContextOptions options, int securityLevel) {
        Source source = options.dhparam;
        if (source == null) {
            return new DhGroups(options.dhAuto, Optional.empty());
        }
        DhParameters parameters = source.read(DhParameters::read);
        int least = SecurityLevel.primeBits(securityLevel);
        if (parameters.bits() < least) {
            throw new InvalidOption(
                    "ERR_SSL_DH_KEY_TOO_SMALL",
                    "%s: the prime has %d bits, security level %d asks for %d (dh key too small)"
                            .formatted(source.name(), parameters.bits(), securityLevel, least));
        }
        return new DhGroups(false, Optional.of(parameters));
    }

    private static List<CertificateCompressionAlgorithm> certificateCompression(
            ContextOptions options, List<TlsVersion> versions) {
        List<CertificateCompressionAlgorithm> algorithms =
                CertificateCompressionAlgorithm.parseList("certificateCompression", options.certificateCompression);
        if (!algorithms.isEmpty() && !versions.contains(TlsVersion.TLS_1_3)) {
            throw new InvalidOption(
                    "ERR_INVALID_ARG_VALUE",
                    "certificateCompression: it needs TLS 1.3, the versions are %s".formatted(versions));
        }
        return algorithms;
    }

    private static GroupList groups(ContextOptions options, List<TlsVersion> versions, int securityLevel) {
        GroupList all = options.ecdhCurve.equals(ContextOptions.DEFAULT_ECDH_CURVE)
                ? GroupList.defaults()
                : GroupList.of(options.ecdhCurve);
        GroupList groups = all.filtered(group -> SecurityLevel.permits(securityLevel, group.strength()));
        if (groups.groups().stream().noneMatch(group -> versions.stream().anyMatch(group::fits))) {
            throw new InvalidOption(
                    "ERR_SSL_NO_SUITABLE_GROUPS",
                    "ecdhCurve: no group of \"%s\" can be negotiated in %s with security level %d"
                            .formatted(options.ecdhCurve, versions, securityLevel));
        }
        return groups;
    }

    private static List<Sigalg> sigalgs(ContextOptions options, List<TlsVersion> versions, int securityLevel) {
        if (options.sigalgs == null) {
            return Sigalg.defaults(securityLevel);
        }
        List<Sigalg> sigalgs = Sigalg.parseList(options.sigalgs);
        // Before TLS 1.2 nothing is negotiated, so there the list does not matter.
        if (versions.getLast().isAtLeast(TlsVersion.TLS_1_2)
                && sigalgs.stream().noneMatch(sigalg -> versions.stream().anyMatch(sigalg::signsIn))) {
            throw new InvalidOption(
                    "ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM",
                    "sigalgs: nothing in \"%s\" can sign a handshake of %s".formatted(options.sigalgs, versions));
        }
        return sigalgs;
    }
}
