package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.Tls;
import io.heddle.TlsPair;
import io.heddle.protocol.TlsVersion;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A native provider whose library is missing, in a JVM of its own. */
@Tag("socket")
class NativeProviderFailureTest {
    /** Two connections, each with contexts of its own. */
    static final class Connections implements Jvm.Program {
        @Override
        public String run() throws Exception {
            for (int i = 0; i < 2; i++) {
                try (var pair = TlsPair.of(TlsVersion.TLS_1_3);
                        TlsPair.Connected connected = pair.connect()) {
                    connected.exchange("data");
                }
            }
            return "EC by " + Tls.cryptoProvider().algorithms().get("EC");
        }
    }

    @Test
    void library_that_cannot_be_loaded_is_reported_once_and_replaced() throws Exception {
        String printed = Jvm.create()
                .option("-Dcom.amazon.corretto.crypto.provider.useExternalLib=true")
                .run(Connections.class);

        assertThat(printed.lines()
                        .filter(line -> line.contains("AmazonCorrettoCryptoProvider is present and cannot be loaded")))
                .hasSize(1);
        assertThat(printed.lines().toList()).last().asString().startsWith("EC by Conscrypt ");
    }
}
