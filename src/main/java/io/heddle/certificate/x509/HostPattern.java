package io.heddle.certificate.x509;

import io.heddle.protocol.rules.HostName;
import java.util.Optional;

/**
 * A DNS name of a certificate, for comparison with host names: labels in lower case, the first possibly with
 * a wildcard.
 *
 * <p>Why a type: {@code ServerIdentity} matches hosts by it and {@code NameConstraintCheck} constrains it, so that no
 * name can match a host that escaped the constraints above it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6125#section-6.4">RFC 6125 6.4</a>
 */
public final class HostPattern {
    /** The longest name that DNS has, as text without the final dot (RFC 1035 2.3.4). */
    private static final int LONGEST = 253;

    private static final String A_LABEL = "xn--";
    private static final String[] NONE = {};

    private final String[] labels;
    private final int star;

    private HostPattern(String[] labels) {
        this.labels = labels;
        // A wildcard in an A-label is not one (RFC 6125 6.4.3).
        this.star = labels[0].contains(A_LABEL) ? -1 : labels[0].indexOf('*');
    }

    /**
     * Parses a name; empty if it is malformed: empty or longer than 253 characters, with an empty label (including one
     * after a final dot), or with anything but printable ASCII.
     */
    public static Optional<HostPattern> parse(String name) {
        String[] labels = labels(name);
        return labels.length == 0 ? Optional.empty() : Optional.of(new HostPattern(labels));
    }

    /** Parses a common name, which unlike a DNS name may have a final dot, as in Node. */
    public static Optional<HostPattern> parseCommonName(String name) {
        return parse(HostName.withoutFinalDot(name));
    }

    /** Returns the labels of a host name in lower case. Characters beyond ASCII are kept: they match no pattern. */
    public static String[] hostLabels(String host) {
        return HostName.lowerCase(host).split("\\.", -1);
    }

    /** Returns the labels of a name in lower case, none if it is malformed; see {@link #parse}. */
    public static String[] labels(String name) {
        if (name.isEmpty() || name.length() > LONGEST) {
            return NONE;
        }
        boolean empty = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < 0x21 || c > 0x7f || (c == '.' && empty)) {
                return NONE;
            }
            empty = c == '.';
        }
        return empty ? NONE : HostName.lowerCase(name).split("\\.", -1);
    }

    /** Returns the labels, in lower case and from left to right. The array is not copied. */
    public String[] labels() {
        return labels;
    }

    /** Returns whether the first label has a wildcard. */
    public boolean isWildcard() {
        return star >= 0;
    }

    /**
     * Returns whether this pattern matches a host.
     *
     * @param host the labels of a host name in lower case
     */
    public boolean matches(String[] host) {
        if (host.length != labels.length) {
            return false;
        }
        for (int i = host.length - 1; i > 0; i--) {
            if (!host[i].equals(labels[i])) {
                return false;
            }
        }
        if (!isWildcard()) {
            return host[0].equals(labels[0]);
        }
        return matchesHosts() && covers(host[0]);
    }

    /**
     * Returns whether this can match any host: a wildcard needs two or more labels after it and must be the only one.
     */
    public boolean matchesHosts() {
        return !isWildcard() || (labels.length > 2 && labels[0].indexOf('*', star + 1) < 0);
    }

    /**
     * Returns whether the wildcard matches this label. Only a wildcard that is a whole label matches A-labels (RFC
     * 6125 6.4.3).
     */
    public boolean covers(String label) {
        String pattern = labels[0];
        if (pattern.length() > 1 && label.startsWith(A_LABEL)) {
            return false;
        }
        return label.length() >= pattern.length() - 1
                && label.startsWith(pattern.substring(0, star))
                && label.endsWith(pattern.substring(star + 1));
    }
}
