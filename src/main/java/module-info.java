/**
 * TLS for virtual threads.
 *
 * <p>HdrHistogram, which only {@code io.heddle.load} and the command need, is not among the required modules: its jar
 * declares no module name, and the one derived from the name of the file must not be published. The package makes its
 * module readable at run time, wherever it is: on the module path, or on the class path.
 */
module io.heddle {
    requires org.bouncycastle.provider;
    requires org.bouncycastle.tls;
    requires org.bouncycastle.util;
    requires transitive com.github.benmanes.caffeine;
    requires static transitive org.jspecify;
    requires static com.aayushatharva.brotli4j;
    requires static com.github.luben.zstd_jni;
    requires static com.google.errorprone.annotations;
    requires static com.google.gson;
    requires static info.picocli;
    requires static java.desktop;
    requires static java.management;
    requires static jdk.jfr;
    requires static jdk.management;
    requires static org.apache.commons.statistics.distribution;
    requires static org.bouncycastle.pkix;

    exports io.heddle;
    exports io.heddle.callback;
    exports io.heddle.certificate;
    exports io.heddle.cipher;
    exports io.heddle.failure;
    exports io.heddle.load;
    exports io.heddle.load.report;
    exports io.heddle.protocol;
    exports io.heddle.session;

    provides java.security.Provider with
            io.heddle.HeddleProvider;

    opens io.heddle.cli to
            info.picocli;
}
