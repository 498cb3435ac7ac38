package io.heddle.engine.handshake;

import io.heddle.cipher.Group;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.NegotiationText;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import org.bouncycastle.tls.TlsServerContext;
import org.jspecify.annotations.Nullable;

/** The groups of a server for the key exchange with one client. */
record ServerGroups(ServerSettings settings, ClientHelloInfo hello, TlsServerContext context) {
    /** Returns the numbers of the local groups. */
    int[] all() {
        return local().stream().mapToInt(Group::number).toArray();
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
            Group shared = best(tuple, offered, group -> group.fits(TlsVersion.TLS_1_3) && hasKeyShare(group));
            if (shared == null) {
                shared = best(tuple, offered, group -> group.fits(TlsVersion.TLS_1_3));
            }
            if (shared != null) {
                return new int[] {shared.number()};
            }
        }
        throw FatalAlerts.alert(Code.ERR_SSL_NO_SUITABLE_KEY_SHARE.failure(
                "group: the client offered %s, the server accepts %s",
                NegotiationText.groups(offered), NegotiationText.groups(local())));
    }

    private boolean hasKeyShare(Group group) {
        return hello.keyShares().contains(group.number());
    }

    /** Returns the first common group that fits, in the order of the side that decides; null if there is none. */
    private @Nullable Group best(List<Group> local, int[] offered, Predicate<Group> fits) {
        if (settings.keyExchange().honorCipherOrder()) {
            for (Group group : local) {
                if (contains(offered, group) && fits.test(group)) {
                    return group;
                }
            }
            return null;
        }
        for (int number : offered) {
            for (Group group : local) {
                if (group.number() == number && fits.test(group)) {
                    return group;
                }
            }
        }
        return null;
    }

    private static boolean contains(int[] offered, Group group) {
        for (int number : offered) {
            if (number == group.number()) {
                return true;
            }
        }
        return false;
    }

    /** Returns the group for ECDHE in TLS 1.2 and below, where it is not part of the ClientHello's key shares. */
    @Nullable
    Group ecdhe() {
        int[] offered = context.getSecurityParametersHandshake().getClientSupportedGroups();
        TlsVersion version = HandshakeSettings.version(context.getServerVersion());
        // RFC 8422 4: a client without the extension accepts any curve.
        return best(
                local(),
                offered == null ? all() : offered,
                group -> group.kind() == Group.Kind.ECDH && group.fits(version));
    }
}
