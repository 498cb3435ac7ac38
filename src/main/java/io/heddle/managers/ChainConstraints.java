package io.heddle.managers;

import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.security.AlgorithmConstraints;
import java.security.CryptoPrimitive;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The check of a chain against the algorithm constraints of {@code SSLParameters}. */
final class ChainConstraints {
    private static final Set<CryptoPrimitive> SIGNATURE = EnumSet.of(CryptoPrimitive.SIGNATURE);

    private ChainConstraints() {}

    /**
     * Returns the violation of the constraints, empty if there is none.
     *
     * @param constraints null for none
     * @param path a verified chain, leaf first and anchor last; the anchor's own signature proves nothing and is
     *     not checked
     */
    static Optional<TlsFailure> violated(@Nullable AlgorithmConstraints constraints, List<X509Certificate> path) {
        if (constraints == null) {
            return Optional.empty();
        }
        for (int depth = 0; depth < path.size() - 1; depth++) {
            X509Certificate certificate = path.get(depth);
            X509Certificate issuer = path.get(depth + 1);
            if (!constraints.permits(SIGNATURE, certificate.getSigAlgName(), issuer.getPublicKey(), null)) {
                return Optional.of(Code.CA_MD_TOO_WEAK.failure(
                        "certificate: the algorithm constraints forbid %s with the key of its issuer, depth %d",
                        certificate.getSigAlgName(), depth));
            }
        }
        if (!constraints.permits(SIGNATURE, path.getFirst().getPublicKey())) {
            return Optional.of(Code.EE_KEY_TOO_SMALL.failure(
                    "certificate: the algorithm constraints forbid its key (%s)",
                    path.getFirst().getPublicKey().getAlgorithm()));
        }
        return Optional.empty();
    }
}
