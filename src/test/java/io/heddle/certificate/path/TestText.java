package io.heddle.certificate.path;

import java.util.List;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x509.GeneralName;

/** Readable forms of names for the descriptions of test cases. */
final class TestText {
    private TestText() {}

    /** Returns the text with everything beyond printable ASCII escaped. */
    static String visible(String text) {
        var visible = new StringBuilder();
        text.chars()
                .forEach(c -> visible.append(c >= ' ' && c < 0x7f ? String.valueOf((char) c) : "\\u%04x".formatted(c)));
        return visible.toString();
    }

    static String names(List<GeneralName> names) {
        return names.stream()
                .map(name -> form(name)
                        + (name.getName().toString().isEmpty()
                                ? "\"\""
                                : visible(name.getName().toString())))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String form(GeneralName name) {
        return switch (name.getTagNo()) {
            case GeneralName.dNSName -> "";
            case GeneralName.iPAddress -> "IP:";
            case GeneralName.rfc822Name -> "mail:";
            case GeneralName.uniformResourceIdentifier -> "URI:";
            case GeneralName.directoryName -> "dir:";
            default -> name.getTagNo() + ":";
        };
    }
}
