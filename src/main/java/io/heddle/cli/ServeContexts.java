package io.heddle.cli;

import io.heddle.SecureContext;
import io.heddle.TlsServer;
import io.heddle.callback.OcspRequestListener;
import io.heddle.certificate.Identity;
import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The source of the contexts of a server, which are created at the start and on each reload.
 *
 * @param dhparam a file, or {@code auto}
 * @param honorCipherOrder whether cipher suites are chosen in the order of the server
 */
record ServeContexts(
        ContextFlags flags,
        List<Sni> sni,
        Optional<String> dhparam,
        boolean honorCipherOrder,
        Optional<OcspResponseFile> ocspResponse) {
    /** The default context, the contexts by server name, and the provider of OCSP responses. */
    record Contexts(SecureContext fallback, Map<String, SecureContext> byName, Optional<OcspRequestListener> stapling) {
        void addTo(TlsServer server) {
            byName.forEach(server::addContext);
        }
    }

    /**
     * Reads all files and creates all contexts.
     *
     * @throws io.heddle.failure.InvalidOption if one of them cannot be used
     */
    Contexts create() {
        SecureContext.Builder fallback = begin();
        flags.addTo(fallback);
        // A repeated name has two certificates with different key types.
        var builders = new LinkedHashMap<String, SecureContext.Builder>();
        for (Sni name : sni) {
            builders.computeIfAbsent(name.host(), host -> named())
                    .cert(name.cert())
                    .key(name.key());
        }
        var byName = new LinkedHashMap<String, SecureContext>();
        SecureContext context = fallback.build();
        builders.forEach((host, builder) -> byName.put(host, builder.build()));
        return new Contexts(context, byName, ocspResponse.map(file -> file.read(context.identities())));
    }

    private SecureContext.Builder named() {
        SecureContext.Builder builder = begin();
        flags.addRulesTo(builder);
        return builder;
    }

    private SecureContext.Builder begin() {
        SecureContext.Builder builder = SecureContext.builder().honorCipherOrder(honorCipherOrder);
        dhparam.ifPresent(given -> {
            if (given.equals("auto")) {
                builder.dhparam(given);
            } else {
                builder.dhparam(Path.of(given));
            }
        });
        return builder;
    }

    /**
     * One {@code --sni HOST=CERT,KEY}.
     *
     * @param host a host name, or {@code *.} and a domain
     */
    record Sni(String host, Path cert, Path key) {
        /** A converter. The host ends at the first equals sign, the certificate's file at the last comma. */
        static final class Text implements ITypeConverter<Sni> {
            @Override
            public Sni convert(String text) {
                int equals = text.indexOf('=');
                int comma = text.lastIndexOf(',');
                if (equals < 1 || comma < equals + 2 || comma == text.length() - 1) {
                    throw new TypeConversionException("'" + text + "' is not of the form HOST=CERTFILE,KEYFILE");
                }
                return new Sni(
                        text.substring(0, equals),
                        Path.of(text.substring(equals + 1, comma)),
                        Path.of(text.substring(comma + 1)));
            }
        }
    }

    /** The file of {@code --ocsp-response}, in DER. */
    record OcspResponseFile(Path file) {
        /** The longest response that fits into a certificate entry of TLS 1.3. */
        private static final int LONGEST = 65527;

        /**
         * Reads the file and returns a listener that staples it to these certificates, not to those of {@code --sni}.
         *
         * @throws InvalidOption if it cannot be read, is empty or too long
         */
        OcspRequestListener read(List<Identity> identities) {
            byte[] response = bytes();
            if (response.length == 0 || response.length > LONGEST) {
                throw new InvalidOption(
                        "ERR_INVALID_ARG_VALUE",
                        "--ocsp-response \"%s\": the file has %d bytes, 1 to %d are allowed"
                                .formatted(file, response.length, LONGEST));
            }
            List<X509Certificate> local =
                    identities.stream().map(Identity::leaf).toList();
            return (certificate, issuer) -> local.contains(certificate) ? Optional.of(response) : Optional.empty();
        }

        private byte[] bytes() {
            try {
                return Files.readAllBytes(file);
            } catch (NoSuchFileException e) {
                throw new InvalidOption("ENOENT", refusal("there is no such file"), e);
            } catch (AccessDeniedException e) {
                throw new InvalidOption("EACCES", refusal("the file may not be read"), e);
            } catch (IOException e) {
                throw new InvalidOption("EIO", refusal("cannot be read: " + e.getMessage()), e);
            }
        }

        private String refusal(String reason) {
            return "--ocsp-response \"%s\": %s".formatted(file, reason);
        }
    }
}
