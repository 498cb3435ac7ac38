package io.heddle.engine.compression;

import io.heddle.failure.InvalidOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The compression algorithms for certificates (RFC 8879 3), in the order in which Node lists them. */
public enum CertificateCompressionAlgorithm {
    ZLIB(1, "java.base"),
    BROTLI(2, "com.aayushatharva.brotli4j:brotli4j"),
    ZSTD(3, "com.github.luben:zstd-jni");

    private final int number;
    private final String library;

    /** Null before the library is loaded. Written by any thread, each of which writes one that is as good. */
    @SuppressWarnings("ImmutableEnumChecker") // It is set once it is needed, since a library may be absent.
    private volatile @Nullable Codec loaded;

    CertificateCompressionAlgorithm(int number, String library) {
        this.number = number;
        this.library = library;
    }

    int number() {
        return number;
    }

    /** Returns the name in RFC 8879 and in Node. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the codec. The library is loaded by the first call.
     *
     * @throws LinkageError if the library, or its native part for this platform, is absent
     */
    Codec codec() {
        Codec codec = loaded;
        if (codec == null) {
            // Constructors and not references to them, which would load all libraries with this class.
            codec = switch (this) {
                case ZLIB -> new ZlibCodec();
                case BROTLI -> new BrotliCodec();
                case ZSTD -> new ZstdCodec();
            };
            loaded = codec;
        }
        return codec;
    }

    private Optional<LinkageError> absence() {
        try {
            codec();
            return Optional.empty();
        } catch (LinkageError absent) {
            return Optional.of(absent);
        }
    }

    /** Returns the algorithms whose libraries are present. */
    public static List<CertificateCompressionAlgorithm> available() {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.absence().isEmpty())
                .toList();
    }

    /**
     * Returns the algorithms with these names, in their order.
     *
     * @throws InvalidOption with {@code ERR_INVALID_ARG_VALUE} for a name that is none, with {@code
     *     ERR_CRYPTO_OPERATION_FAILED} for one that is there twice, or whose library is absent
     */
    public static List<CertificateCompressionAlgorithm> parseList(String option, List<String> names) {
        Set<CertificateCompressionAlgorithm> found = EnumSet.noneOf(CertificateCompressionAlgorithm.class);
        return names.stream()
                .map(name -> {
                    CertificateCompressionAlgorithm algorithm = parse(option, name);
                    if (!found.add(algorithm)) {
                        throw refused("%s: \"%s\" is named twice, once is allowed".formatted(option, name), null);
                    }
                    algorithm.absence().ifPresent(absent -> {
                        throw refused(
                                "%s: \"%s\" needs the library %s, which is not on the class path or module path, or not for this platform: %s"
                                        .formatted(option, name, algorithm.library, absent),
                                absent);
                    });
                    return algorithm;
                })
                .toList();
    }

    private static CertificateCompressionAlgorithm parse(String option, String name) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.text().equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidOption(
                        "ERR_INVALID_ARG_VALUE",
                        "%s: \"%s\" is not an algorithm, %s are"
                                .formatted(
                                        option,
                                        name,
                                        Arrays.stream(values())
                                                .map(CertificateCompressionAlgorithm::text)
                                                .collect(Collectors.joining(", ")))));
    }

    private static InvalidOption refused(String message, @Nullable Throwable cause) {
        return new InvalidOption("ERR_CRYPTO_OPERATION_FAILED", message, cause);
    }
}
