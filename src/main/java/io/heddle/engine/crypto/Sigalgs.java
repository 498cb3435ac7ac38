package io.heddle.engine.crypto;

import io.heddle.cipher.Sigalg;
import java.util.ArrayList;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.jspecify.annotations.Nullable;

/** Signature algorithms between bctls' lists and ours. */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
public final class Sigalgs {
    private Sigalgs() {}

    /** Returns those that we know. */
    public static List<Sigalg> of(@Nullable Vector offered) {
        List<Sigalg> known = new ArrayList<>();
        if (offered != null) {
            for (Object each : offered) {
                Sigalg.of(SignatureScheme.from((SignatureAndHashAlgorithm) each))
                        .ifPresent(known::add);
            }
        }
        return known;
    }

    public static Vector toVector(List<Sigalg> sigalgs) {
        Vector vector = new Vector();
        for (Sigalg each : sigalgs) {
            vector.add(SignatureScheme.getSignatureAndHashAlgorithm(each.number()));
        }
        return vector;
    }
}
