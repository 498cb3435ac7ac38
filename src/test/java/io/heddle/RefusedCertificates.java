package io.heddle;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.protocol.TlsVersion;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Random;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;

/**
 * A program for a JVM with a small heap: many peers with large untrusted certificates, at one server and at one client
 * context. It prints how much memory each side retained.
 */
final class RefusedCertificates {
    static final int PEERS = 300;
    private static final int BYTES = 90_000;
    private static final ASN1ObjectIdentifier PRIVATE = new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1");
    private static final Random RANDOM = new Random(1);

    private RefusedCertificates() {}

    private static Identity stranger() {
        byte[] filling = new byte[BYTES];
        RANDOM.nextBytes(filling);
        return TestPki.certificate("CN=stranger")
                .extension(PRIVATE, false, filling)
                .selfSigned();
    }

    /** Returns the memory retained outside the JDK's certificate cache, which has soft references and is cleared. */
    private static long held() {
        for (int i = 0; i < 3; i++) {
            clearSoftReferences();
            try {
                // The cache drops the keys of cleared entries at its next use.
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(TestPki.ca().leaf().getEncoded()));
            } catch (CertificateException e) {
                throw new IllegalStateException(e);
            }
        }
        var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    private static void clearSoftReferences() {
        try {
            long most = Runtime.getRuntime().maxMemory();
            byte[] tooMuch = new byte[Math.toIntExact(most)];
            throw new IllegalStateException("no error with " + tooMuch.length);
        } catch (OutOfMemoryError e) {
            // Before it, soft references are cleared.
        }
    }

    /** The number of measurements of the heap while it is larger than {@link #TOLERATED}. */
    private static final int MEASURED = 50;

    private static final long TOLERATED = 1 << 20;

    private interface Peer {
        void refused() throws IOException;
    }

    private static void measure(String name, Peer peer) throws IOException {
        for (int i = 0; i < 5; i++) {
            peer.refused();
        }
        long before = held();
        for (int i = 0; i < PEERS; i++) {
            peer.refused();
        }
        // The last connections may not have ended yet.
        long most = held() - before;
        for (int i = 0; i < MEASURED && most > TOLERATED; i++) {
            most = held() - before;
        }
        System.out.println("%s: %d KiB".formatted(name, most / 1024));
    }

    public static void main(String[] args) throws Exception {
        for (TlsVersion version : new TlsVersion[] {TlsVersion.TLS_1_2, TlsVersion.TLS_1_3}) {
            SecureContext server = Stack.server(version);
            SecureContext client = Tls.createSecureContext(
                    o -> o.ca(List.of(TestPki.ca().leaf())).maxVersion(version));
            ServerOptions options = ServerOptions.builder(server)
                    .requestCert(true)
                    .tickets(false)
                    .build();
            try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
                measure("server " + version, () -> {
                    SecureContext strange =
                            client.toBuilder().identity(stranger()).build();
                    pair(listener, ConnectOptions.builder().secureContext(strange), options);
                });
                measure("client " + version, () -> {
                    SecureContext strange =
                            Tls.createSecureContext(o -> o.identity(stranger()).maxVersion(version));
                    pair(listener, ConnectOptions.builder().secureContext(client), ServerOptions.of(strange));
                });
            }
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static void pair(ServerSocket listener, ConnectOptions.Builder client, ServerOptions server)
            throws IOException {
        Thread accepting = Thread.ofPlatform().start(() -> {
            try (TlsSocket socket = Tls.accept(TlsTransport.of(listener.accept()), server)) {
                socket.getInputStream().read();
            } catch (IOException e) {
                // One side refuses the other.
            }
        });
        var below = new Socket(listener.getInetAddress(), listener.getLocalPort());
        try (TlsSocket socket = Tls.connect(
                client.host("localhost").transport(TlsTransport.of(below)).build())) {
            socket.getInputStream().read();
            throw new IllegalStateException("the stranger was not refused");
        } catch (IOException e) {
            // Expected.
        }
        try {
            accepting.join();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
