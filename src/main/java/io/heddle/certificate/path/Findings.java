package io.heddle.certificate.path;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.heddle.certificate.Problem;
import io.heddle.failure.TlsFailure;
import java.util.ArrayList;
import java.util.List;

/** The problems of one chain, collected in the order in which OpenSSL would report them. */
final class Findings {
    private final List<Problem> problems = new ArrayList<>(2);

    @FormatMethod
    void add(TlsFailure.Code code, int depth, @FormatString String format, Object... values) {
        problems.add(new Problem(code, depth, format.formatted(values) + ", depth " + depth));
    }

    /** Adds the problems of another part of the verification. */
    void addAll(Findings others) {
        problems.addAll(others.problems);
    }

    boolean none() {
        return problems.isEmpty();
    }

    List<Problem> problems() {
        return List.copyOf(problems);
    }
}
