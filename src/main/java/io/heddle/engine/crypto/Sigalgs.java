package io.heddle.engine.crypto;

import io.heddle.cipher.Sigalg;
import java.util.ArrayList;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.jspecify.annotations.Nullable;

/** Conversions of signature algorithms between bctls' lists and Heddle's. */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
public final class Sigalgs {
    private Sigalgs() {}

    /** Returns the algorithms that Heddle has too. */
    public static List<Sigalg> of(@Nullable Vector offered) {
        List<Sigalg> sigalgs = new ArrayList<>();
        if (offered != null) {
            for (Object sigalg : offered) {
                Sigalg.of(SignatureScheme.from((SignatureAndHashAlgorithm) sigalg))
                        .ifPresent(sigalgs::add);
            }
        }
        return sigalgs;
    }

    public static Vector toVector(List<Sigalg> sigalgs) {
        Vector vector = new Vector();
        for (Sigalg sigalg : sigalgs) {
            vector.add(SignatureScheme.getSignatureAndHashAlgorithm(sigalg.number()));
        }
        return vector;
    }
}
