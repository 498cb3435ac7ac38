package io.heddle.bogo;

import io.heddle.AlpnCallback;
import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.SecureContextBuilder;
import io.heddle.SecureOption;
import io.heddle.ServerOptions;
import io.heddle.callback.PskIdentity;
import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Translates the runner's options to those of Heddle. */
final class ShimSettings {
    /** Less than the runner's timeout, so that it gets the reason. */
    private static final Duration LIMIT = Duration.ofSeconds(12);

    /** BoringSSL's lifetime, which the tests of expiry assume. */
    private static final Duration SESSION_TIMEOUT = Duration.ofHours(2);

    /** The suites that BoringSSL and Heddle share, in BoringSSL's order. */
    private static final String SUITES = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:"
            + "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
            + "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
            + "ECDHE-PSK-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:ECDHE-PSK-AES128-CBC-SHA:"
            + "ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA:ECDHE-PSK-AES256-CBC-SHA:AES128-GCM-SHA256:AES256-GCM-SHA384:"
            + "AES128-SHA:PSK-AES128-CBC-SHA:AES256-SHA:PSK-AES256-CBC-SHA";

    /** BoringSSL has TLS 1.0, 1.1 and SHA-1, which OpenSSL allows at this level only. */
    private static final String LEVEL = ":@SECLEVEL=0";

    private static final String DEFAULT = "DEFAULT";

    private static final String GROUPS = "X25519:P-256:P-384";

    private static final List<Sigalg> VERIFIED = List.of(
            Sigalg.ECDSA_SECP256R1_SHA256,
            Sigalg.RSA_PSS_RSAE_SHA256,
            Sigalg.RSA_PKCS1_SHA256,
            Sigalg.ECDSA_SECP384R1_SHA384,
            Sigalg.RSA_PSS_RSAE_SHA384,
            Sigalg.RSA_PKCS1_SHA384,
            Sigalg.RSA_PSS_RSAE_SHA512,
            Sigalg.RSA_PKCS1_SHA512,
            Sigalg.RSA_PKCS1_SHA1);

    private final ShimOptions options;
    private final ShimTest test;
    private final boolean resumes;

    ShimSettings(ShimOptions options, ShimTest test, boolean resumes) {
        this.options = options;
        this.test = test;
        this.resumes = resumes;
    }

    /** Returns whether a server has put a session into its store. */
    boolean keepsSessions() {
        return test.stored() > 0;
    }

    private void takeContext(SecureContextBuilder<?> builder) throws IOException, Unimplemented {
        builder.ca(trusted())
                .clock(test::now)
                .ciphers(options.text("-cipher").orElse(DEFAULT).replace(DEFAULT, SUITES) + LEVEL)
                .ecdhCurve(groups())
                .sigalgs(sigalgs().stream().map(Sigalg::standardName).collect(Collectors.joining(":")))
                .minVersion(version("-min-version").orElse(TlsVersion.TLS_1_0))
                .maxVersion(version("-max-version").orElse(TlsVersion.TLS_1_3))
                .secureOptions(SecureOption.LEGACY_SERVER_CONNECT);
        option(builder, "-no-tls1", SecureOption.NO_TLSV1);
        option(builder, "-no-tls11", SecureOption.NO_TLSV1_1);
        option(builder, "-no-tls12", SecureOption.NO_TLSV1_2);
        option(builder, "-no-tls13", SecureOption.NO_TLSV1_3);
        option(builder, "-no-ticket", SecureOption.NO_TICKET);
        option(builder, "-renegotiate-ignore", SecureOption.NO_RENEGOTIATION);
        options.text("-key-file").map(Path::of).ifPresent(builder::key);
        options.text("-cert-file").map(Path::of).ifPresent(builder::cert);
    }

    private void option(SecureContextBuilder<?> builder, String name, SecureOption meant) {
        if (options.has(name)) {
            builder.secureOptions(meant);
        }
    }

    private Optional<TlsVersion> version(String name) throws Unimplemented {
        int number = options.number(name);
        if (number == 0) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(TlsVersion.values())
                .filter(candidate -> candidate.code() == number)
                .findFirst()
                .orElseThrow(() -> new Unimplemented(name + " " + number)));
    }

    private String groups() throws Unimplemented {
        var names = new ArrayList<String>();
        for (int number : options.numbers("-curves")) {
            names.add(
                    Group.of(number).map(Group::opensslName).orElseThrow(() -> new Unimplemented("-curves " + number)));
        }
        return names.isEmpty() ? GROUPS : String.join(":", names);
    }

    /**
     * Heddle has one list for the algorithms that it signs and verifies with, in which the options of the test come
     * first. The rest is for the other purpose, which the test leaves at the default.
     */
    private List<Sigalg> sigalgs() throws IOException, Unimplemented {
        List<Integer> signed = options.numbers("-signing-prefs");
        List<Integer> verified = options.numbers("-verify-prefs");
        if (!signed.isEmpty() && !verified.isEmpty() && !signed.equals(verified)) {
            throw new Unimplemented("-signing-prefs with other -verify-prefs");
        }
        var list = new LinkedHashSet<Sigalg>();
        for (int number : signed.isEmpty() ? verified : signed) {
            if (number == 0) {
                continue; // for TLS 1.0 and 1.1, which do not negotiate it
            }
            list.add(Sigalg.of(number).orElseThrow(() -> new Unimplemented("signature algorithm " + number)));
        }
        if (list.isEmpty() || (options.isServer() ? signed.isEmpty() : verified.isEmpty())) {
            list.addAll(VERIFIED);
        }
        list.addAll(ownSigalgs());
        options.numbers("-expect-peer-verify-pref")
                .forEach(number -> Sigalg.of(number).ifPresent(list::add));
        return List.copyOf(list);
    }

    private List<Sigalg> ownSigalgs() throws IOException {
        if (!options.has("-cert-file")) {
            return List.of();
        }
        PublicKey key = RunnerCertificates.read(
                        Path.of(options.text("-cert-file").orElseThrow()))
                .getFirst()
                .getPublicKey();
        return switch (key.getAlgorithm()) {
            case "EC" -> List.of(Sigalg.ECDSA_SECP521R1_SHA512, Sigalg.ECDSA_SHA1);
            case "RSA" -> List.of();
            default -> List.of(Sigalg.ED25519);
        };
    }

    private boolean asksForCertificate() {
        return options.has("-verify-peer") || options.has("-require-any-client-certificate");
    }

    /** BoringSSL verifies the peer of a resumed session again only if configured. */
    private boolean refusesPeer() {
        return options.has("-verify-fail") && asksForCertificate() && (!resumes || options.has("-reverify-on-resume"));
    }

    /** The runner's certificates are all valid for a server that is not meant to refuse them. */
    private List<X509Certificate> trusted() throws IOException {
        return asksForCertificate()
                        && options.isServer()
                        && !options.has("-verify-fail")
                        && !options.has("-use-client-ca-list")
                ? RunnerCertificates.beside(Path.of(options.text("-cert-file").orElseThrow()))
                : List.of();
    }

    ConnectOptions client(Consumer<byte[]> onSession, Consumer<String> trace) throws IOException, Unimplemented {
        ConnectOptions.Builder builder = ConnectOptions.builder();
        takeContext(builder);
        builder.timeout(LIMIT)
                .servername(options.text("-host-name").orElse(""))
                .rejectUnauthorized(refusesPeer())
                .minDHSize(1)
                .onSession(onSession)
                .enableTrace(trace)
                .requestOCSP(options.has("-enable-ocsp-stapling"));
        options.bytes("-advertise-alpn").map(ShimSettings::protocols).ifPresent(builder::alpnProtocols);
        test.session().ifPresent(builder::session);
        options.bytes("-psk")
                .ifPresent(key -> builder.pskCallback(hint -> Optional.of(
                        new PskIdentity(options.text("-psk-identity").orElse(""), key))));
        if (options.has("-use-ocsp-callback") && options.has("-fail-ocsp-callback")) {
            builder.onOcspResponse((response, chain, verdict) -> {
                throw TlsFailure.Code.OCSP_VERIFY_NEEDED.failure("ocsp: the callback of the test refuses");
            });
        }
        return builder.build();
    }

    private static List<String> protocols(byte[] list) {
        var protocols = new ArrayList<String>();
        for (int at = 0; at < list.length; at += 1 + list[at]) {
            protocols.add(new String(list, at + 1, list[at], StandardCharsets.UTF_8));
        }
        return protocols;
    }

    ServerOptions server(Consumer<String> trace) throws IOException, Unimplemented {
        SecureContext.Builder context = SecureContext.builder();
        takeContext(context);
        context.sessionTimeout(SESSION_TIMEOUT);
        context.honorCipherOrder(options.has("-server-preference") || options.has("-cipher"));
        ServerOptions.Builder builder = ServerOptions.builder(context.build())
                .handshakeTimeout(LIMIT)
                .ticketKeys(test.ticketKeys())
                .sessionStore(test.store())
                .enableTrace((line, socket) -> trace.accept(line))
                .requestCert(asksForCertificate())
                .rejectUnauthorized(refusesPeer());
        takeAlpn(builder);
        options.bytes("-psk")
                .ifPresent(key -> builder.pskCallback((socket, identity) ->
                        identity.equals(options.text("-psk-identity").orElse(""))
                                ? Optional.of(key)
                                : Optional.empty()));
        options.text("-psk-identity").ifPresent(builder::pskIdentityHint);
        takeOcsp(builder);
        return builder.build();
    }

    private void takeAlpn(ServerOptions.Builder builder) {
        if (options.has("-reject-alpn")) {
            builder.alpnCallback(offer -> Optional.empty());
        } else if (options.has("-select-alpn") || options.has("-select-empty-alpn")) {
            String selected = options.text("-select-alpn").orElse("");
            Optional<List<String>> expected =
                    options.bytes("-expect-advertised-alpn").map(ShimSettings::protocols);
            builder.alpnCallback(offer -> {
                if (!offer.protocols().equals(expected.orElse(offer.protocols()))) {
                    throw new Unexpected("the client offers %s", offer.protocols());
                }
                return Optional.of(AlpnCallback.Choice.of(selected));
            });
        }
    }

    private void takeOcsp(ServerOptions.Builder builder) {
        Optional<byte[]> response = options.base64("-ocsp-response");
        if (response.isPresent() || options.has("-use-ocsp-callback")) {
            builder.verifyOCSP(false).onOcspRequest((certificate, issuer) -> {
                if (options.has("-fail-ocsp-callback")) {
                    throw TlsFailure.Code.ERR_TLS_CALLBACK.failure("ocsp: the callback of the test refuses");
                }
                return options.has("-decline-ocsp-callback") ? Optional.empty() : response;
            });
        }
    }
}
