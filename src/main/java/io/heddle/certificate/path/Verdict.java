package io.heddle.certificate.path;

import io.heddle.certificate.Problem;
import io.heddle.failure.TlsFailure;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * The result of verifying a chain. Immutable.
 *
 * @param path the chain as it was built, leaf first, up to the trust anchor where one was found; what Node links by
 *     {@code issuerCertificate}
 * @param problems all problems in the order in which OpenSSL reports them; empty if the chain is good
 */
public record Verdict(List<X509Certificate> path, List<Problem> problems) {
    /** Copies the lists. */
    public Verdict {
        path = List.copyOf(path);
        problems = List.copyOf(problems);
    }

    /** Returns whether the chain is good. */
    public boolean ok() {
        return problems.isEmpty();
    }

    /** Returns the problem that is reported: the last one, as in OpenSSL and Node. */
    public Optional<Problem> problem() {
        return problems.isEmpty() ? Optional.empty() : Optional.of(problems.getLast());
    }

    /** Returns the code of {@link #problem()}, Node's {@code authorizationError}. */
    public Optional<TlsFailure.Code> code() {
        return problem().map(Problem::code);
    }

    /** Returns the verdict as the failure of a connection. */
    public Optional<TlsFailure> failure() {
        return problem().map(p -> p.code().failure("certificate: %s", p.sentence()));
    }
}
