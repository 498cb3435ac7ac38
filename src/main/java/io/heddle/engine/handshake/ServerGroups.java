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

/** Which groups a server takes for the key exchange with one client. */
record ServerGroups(ServerSettings settings, ClientHelloInfo offer, TlsServerContext context) {
    /** Returns ours, those first for which the client sent a key already: another would cost it a round trip. */
    int[] keySharesFirst() {
        return ours().stream()
                .sorted((a, b) -> Boolean.compare(
                        !offer.keyShares().contains(a.number()),
                        !offer.keyShares().contains(b.number())))
                .mapToInt(Group::number)
                .toArray();
    }

    private List<Group> ours() {
        return settings.common().groups();
    }

    /** Refuses a client of TLS 1.3 that has none of ours; one that does not say has all. */
    void requireCommon() throws IOException {
        int[] theirs = offer.groups();
        if (theirs == null) {
            return;
        }
        boolean common = Arrays.stream(theirs)
                .mapToObj(Group::of)
                .flatMap(Optional::stream)
                .anyMatch(group -> ours().contains(group) && group.fits(TlsVersion.TLS_1_3));
        if (!common) {
            throw FatalAlerts.alert(Code.ERR_SSL_NO_SUITABLE_KEY_SHARE.failure(
                    "group: the client offered %s, the server accepts %s",
                    NegotiationText.groups(theirs), NegotiationText.groups(ours())));
        }
    }

    /** Returns the group for ECDHE in TLS 1.2 and below, where it is not part of the ClientHello's key shares. */
    @Nullable
    Group ecdhe() {
        int[] theirs = context.getSecurityParametersHandshake().getClientSupportedGroups();
        TlsVersion version = HandshakeSettings.version(context.getServerVersion());
        List<Group> curves = ours().stream()
                .filter(each -> each.kind() == Group.Kind.ECDH && each.fits(version))
                .toList();
        if (theirs == null) {
            // RFC 8422 4: a client without the extension takes any curve.
            return curves.isEmpty() ? null : curves.getFirst();
        }
        List<Integer> order = new ArrayList<>();
        for (int each : theirs) {
            order.add(each);
        }
        if (settings.honorCipherOrder()) {
            return curves.stream()
                    .filter(each -> order.contains(each.number()))
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
