package io.heddle.cli;

import io.heddle.SecureContext;
import io.heddle.TlsServer;
import io.heddle.callback.OcspRequestListener;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the contexts of a server from its options, as often as its files are to be read.
 *
 * @param dhparam a file, or {@code auto}
 * @param honorCipherOrder whether the server's order of suites decides
 */
record ServeContexts(
        ContextFlags flags,
        List<SniFlag> sni,
        Optional<String> dhparam,
        boolean honorCipherOrder,
        Optional<OcspResponseFile> ocspResponse) {
    /** The context for any name, those for certain names, and who staples. */
    record Made(SecureContext fallback, Map<String, SecureContext> byName, Optional<OcspRequestListener> stapling) {
        void addTo(TlsServer server) {
            byName.forEach(server::addContext);
        }
    }

    /**
     * Reads all files and makes all contexts.
     *
     * @throws io.heddle.failure.InvalidOption if one of them cannot be used
     */
    Made make() {
        SecureContext.Builder fallback = begin();
        flags.addTo(fallback);
        // A name that is given twice has two certificates, of different kinds.
        var builders = new LinkedHashMap<String, SecureContext.Builder>();
        for (SniFlag each : sni) {
            builders.computeIfAbsent(each.host(), host -> named())
                    .cert(each.cert())
                    .key(each.key());
        }
        var byName = new LinkedHashMap<String, SecureContext>();
        SecureContext made = fallback.build();
        builders.forEach((host, builder) -> byName.put(host, builder.build()));
        return new Made(made, byName, ocspResponse.map(file -> file.read(made.identities())));
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
}
