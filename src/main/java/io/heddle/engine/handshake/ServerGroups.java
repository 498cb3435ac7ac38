package io.heddle.engine.handshake;

import io.heddle.cipher.Group;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.NegotiationText;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.TlsServerContext;
import org.jspecify.annotations.Nullable;

/** The groups of a server for the key exchange with one client. */
record ServerGroups(ServerSettings settings, ClientHelloInfo hello, TlsServerContext context) {
    /** Returns the numbers of the local groups. */
    int[] all() {
        return numbers(local());
    }

    private static int[] numbers(List<Group> groups) {
        return groups.stream().mapToInt(Group::number).toArray();
    }

    private List<Group> local() {
        return settings.common().groups().groups();
    }

    /**
     * Returns the number of the group for a client of TLS 1.3, of the first tuple that has one of its groups: one for
     * which it sent a key share, else another, for which it is asked. A client that sends no list has all.
     *
     * @throws IOException the fatal alert if it has none of the local groups
     */
    int[] selected() throws IOException {
        int[] offered = hello.groups();
        if (offered == null) {
            return all();
        }
        for (List<Group> tuple : settings.common().groups().tuples()) {
            List<Group> common = inOrder(tuple, offered, TlsVersion.TLS_1_3);
            if (!common.isEmpty()) {
                return numbers(List.of(common.stream()
                        .filter(group -> hello.keyShares().contains(group.number()))
                        .findFirst()
                        .orElse(common.getFirst())));
            }
        }
        throw FatalAlerts.alert(Code.ERR_SSL_NO_SUITABLE_KEY_SHARE.failure(
                "group: the client offered %s, the server accepts %s",
                NegotiationText.groups(offered), NegotiationText.groups(local())));
    }

    /** Returns the common groups that fit the version, in the order of the side that decides. */
    private List<Group> inOrder(List<Group> local, int[] offered, TlsVersion version) {
        List<Group> peers = Arrays.stream(offered)
                .mapToObj(Group::of)
                .flatMap(Optional::stream)
                .toList();
        boolean honors = settings.keyExchange().honorCipherOrder();
        List<Group> first = honors ? local : peers;
        List<Group> second = honors ? peers : local;
        return first.stream()
                .filter(group -> group.fits(version) && second.contains(group))
                .toList();
    }

    /** Returns the group for ECDHE in TLS 1.2 and below, where it is not part of the ClientHello's key shares. */
    @Nullable
    Group ecdhe() {
        int[] offered = context.getSecurityParametersHandshake().getClientSupportedGroups();
        TlsVersion version = HandshakeSettings.version(context.getServerVersion());
        List<Group> curves = local().stream()
                .filter(group -> group.kind() == Group.Kind.ECDH && group.fits(version))
                .toList();
        // RFC 8422 4: a client without the extension accepts any curve.
        List<Group> common = offered == null ? curves : inOrder(curves, offered, version);
        return common.isEmpty() ? null : common.getFirst();
    }
}
