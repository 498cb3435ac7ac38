package io.heddle.engine.handshake;

import io.heddle.cipher.Group;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.NegotiationText;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.TlsServerContext;
import org.jspecify.annotations.Nullable;

/** The groups of a server for the key exchange with one client. */
record ServerGroups(ServerSettings settings, ClientHelloInfo hello, TlsServerContext context) {
    /**
     * Returns the local groups, those first for which the client sent a key share: another would cost it a round trip.
     */
    int[] keySharesFirst() {
        return local().stream()
                .sorted((a, b) -> Boolean.compare(
                        !hello.keyShares().contains(a.number()),
                        !hello.keyShares().contains(b.number())))
                .mapToInt(Group::number)
                .toArray();
    }

    private List<Group> local() {
        return settings.common().groups();
    }

    /** Refuses a client of TLS 1.3 that has none of the local groups; one that sends no list has all. */
    void requireCommon() throws IOException {
        int[] offered = hello.groups();
        if (offered == null) {
            return;
        }
        boolean common = Arrays.stream(offered)
                .mapToObj(Group::of)
                .flatMap(Optional::stream)
                .anyMatch(group -> local().contains(group) && group.fits(TlsVersion.TLS_1_3));
        if (!common) {
            throw FatalAlerts.alert(Code.ERR_SSL_NO_SUITABLE_KEY_SHARE.failure(
                    "group: the client offered %s, the server accepts %s",
                    NegotiationText.groups(offered), NegotiationText.groups(local())));
        }
    }

    /** Returns the group for ECDHE in TLS 1.2 and below, where it is not part of the ClientHello's key shares. */
    @Nullable
    Group ecdhe() {
        int[] offered = context.getSecurityParametersHandshake().getClientSupportedGroups();
        TlsVersion version = HandshakeSettings.version(context.getServerVersion());
        List<Group> curves = local().stream()
                .filter(group -> group.kind() == Group.Kind.ECDH && group.fits(version))
                .toList();
        if (offered == null) {
            // RFC 8422 4: a client without the extension accepts any curve.
            return curves.isEmpty() ? null : curves.getFirst();
        }
        List<Integer> order = new ArrayList<>();
        for (int group : offered) {
            order.add(group);
        }
        if (settings.honorCipherOrder()) {
            return curves.stream()
                    .filter(group -> order.contains(group.number()))
                    .findFirst()
                    .orElse(null);
        }
        return order.stream()
                .flatMap(number -> Group.of(number).stream())
                .filter(curves::contains)
                .findFirst()
                .orElse(null);
    }
}
