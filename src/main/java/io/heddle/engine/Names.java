package io.heddle.engine;

import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import java.util.Arrays;
import java.util.List;
import java.util.Vector;
import java.util.stream.Collectors;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.jspecify.annotations.Nullable;

/** What a peer offered, in words for a failure: names where there are some, numbers in hex where not. */
@SuppressWarnings({"rawtypes", "JdkObsolete"})
final class Names {
    private static final int MOST = 24;

    private Names() {}

    static String suites(int[] offered) {
        return Arrays.stream(offered)
                .limit(MOST)
                .mapToObj(number -> Suite.of(number).map(Suite::name).orElse("0x%04X".formatted(number)))
                .collect(Collectors.joining(", ", "[", offered.length > MOST ? ", ...]" : "]"));
    }

    static String groups(int[] offered) {
        return Arrays.stream(offered)
                .limit(MOST)
                .mapToObj(number -> Group.of(number).map(Group::opensslName).orElse("0x%04X".formatted(number)))
                .collect(Collectors.joining(", ", "[", offered.length > MOST ? ", ...]" : "]"));
    }

    static String groups(List<Group> ours) {
        return groups(ours.stream().mapToInt(Group::number).toArray());
    }

    static String sigalgs(@Nullable Vector offered) {
        if (offered == null) {
            return "none";
        }
        StringBuilder names = new StringBuilder("[");
        for (Object each : offered) {
            int number = SignatureScheme.from((SignatureAndHashAlgorithm) each);
            names.append(names.length() == 1 ? "" : ", ")
                    .append(Sigalg.of(number).map(Sigalg::standardName).orElse("0x%04X".formatted(number)));
        }
        return names.append(']').toString();
    }

    static String keyTypes(List<Credential> credentials) {
        return credentials.stream()
                .map(each -> each.identity().keyType().name())
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
