package io.heddle.engine;

import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.cipher.TlsVersion;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;

/**
 * What a side is willing to negotiate, each list in order of preference. Checked where it is made; immutable.
 *
 * @param versions the newest first, without gaps
 * @param newSessions whether a full handshake may be made; else only a session is resumed, or the handshake fails
 * @param suites those of TLS 1.3 and those below, each in their order
 */
public record HandshakeSettings(
        ProviderCrypto crypto,
        List<TlsVersion> versions,
        List<Suite> suites,
        List<Group> groups,
        List<Sigalg> sigalgs,
        List<String> alpnProtocols,
        boolean newSessions,
        InstantSource clock) {
    /** OpenSSL's limit on the certificate messages of a peer ({@code SSL_get_max_cert_list}), in bytes. */
    static final int LONGEST_MESSAGE = 100 * 1024;

    /** Copies the lists. */
    public HandshakeSettings {
        versions = List.copyOf(versions);
        suites = List.copyOf(suites);
        groups = List.copyOf(groups);
        sigalgs = List.copyOf(sigalgs);
        alpnProtocols = List.copyOf(alpnProtocols);
    }

    ProtocolVersion[] protocolVersions() {
        return versions.stream().map(HandshakeSettings::protocolVersion).toArray(ProtocolVersion[]::new);
    }

    int[] suiteNumbers() {
        return suites.stream().mapToInt(Suite::number).toArray();
    }

    List<ProtocolName> protocolNames() {
        return alpnProtocols.stream().map(ProtocolName::asUtf8Encoding).toList();
    }

    void requireNewSessions() throws IOException {
        if (!newSessions) {
            throw Fatal.alert(Code.ERR_SSL_HANDSHAKE_FAILURE.failure(
                    "session: none was resumed, and new ones are not allowed (setEnableSessionCreation)"));
        }
    }

    static ProtocolVersion protocolVersion(TlsVersion version) {
        return ProtocolVersion.get(version.code() >>> 8, version.code() & 0xff);
    }

    static TlsVersion version(ProtocolVersion version) {
        return TlsVersion.of(version.getFullVersion()).orElseThrow();
    }
}
