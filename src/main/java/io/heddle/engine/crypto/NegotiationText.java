package io.heddle.engine.crypto;

import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.failure.TlsFailure;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Vector;
import java.util.function.IntFunction;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.jspecify.annotations.Nullable;

/** The text of lists in failures: names where there are some, numbers in hex where not, and cut where long. */
@SuppressWarnings({"rawtypes", "JdkObsolete"})
public final class NegotiationText {
    private NegotiationText() {}

    public static String suites(int[] offered) {
        return list(offered, number -> Suite.of(number).map(Suite::name));
    }

    public static String groups(int[] offered) {
        return list(offered, number -> Group.of(number).map(Group::opensslName));
    }

    public static String groups(List<Group> groups) {
        return TlsFailure.printable(groups.stream().map(Group::opensslName).toList());
    }

    public static String sigalgs(@Nullable Vector offered) {
        if (offered == null) {
            return "none";
        }
        int[] numbers = new int[offered.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = SignatureScheme.from((SignatureAndHashAlgorithm) offered.get(i));
        }
        return list(numbers, number -> Sigalg.of(number).map(Sigalg::standardName));
    }

    public static String standardNames(List<Sigalg> sigalgs) {
        return TlsFailure.printable(sigalgs.stream().map(Sigalg::standardName).toList());
    }

    public static String keyTypes(List<Credential> credentials) {
        return TlsFailure.printable(credentials.stream()
                .map(credential -> credential.identity().keyType().name())
                .toList());
    }

    private static String list(int[] numbers, IntFunction<Optional<String>> name) {
        return TlsFailure.printable(Arrays.stream(numbers)
                .mapToObj(number -> name.apply(number).orElseGet(() -> "0x%04X".formatted(number)))
                .toList());
    }
}
