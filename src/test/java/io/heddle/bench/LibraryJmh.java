package io.heddle.bench;

import io.heddle.certificate.TestPki;
import io.heddle.certificate.file.Pem;
import io.heddle.cipher.CipherList;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.MalformedSession;
import io.heddle.session.SessionState;
import io.heddle.session.TestSessions;
import io.heddle.session.TicketKey;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Parts of Heddle that a handshake or the creation of a context uses. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the methods with @Setup first
public class LibraryJmh {
    private static final String LIST = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!SHA1:@STRENGTH";

    private final SecureRandom random = new SecureRandom();
    private final TicketKey key = TicketKey.random(random);
    private final SessionState session = TestSessions.heddle(SessionState.TLS13, ClientCertificatePolicy.NONE)
            .build();
    private byte[] ticket = {};
    private byte[] certificate = {};
    private String pem = "";
    private CertificateFactory factory;

    @Setup
    public void prepare() throws GeneralSecurityException {
        ticket = key.seal(session, random).orElseThrow();
        certificate = TestPki.server("localhost").leaf().getEncoded();
        pem = TestPki.pem(TestPki.server("localhost").chain());
        factory = CertificateFactory.getInstance("X.509");
    }

    @Benchmark
    public Optional<byte[]> seal_a_ticket() {
        return key.seal(session, random);
    }

    @Benchmark
    public Optional<SessionState> open_a_ticket() {
        return key.open(ticket);
    }

    @Benchmark
    public SessionState write_and_read_a_session() throws MalformedSession {
        return SessionState.fromDer(session.toDer());
    }

    @Benchmark
    public Certificate parse_a_certificate() throws GeneralSecurityException {
        return factory.generateCertificate(new ByteArrayInputStream(certificate));
    }

    @Benchmark
    public List<Pem.Block> read_a_pem_file() {
        return Pem.read("benchmark", pem);
    }

    @Benchmark
    public CipherList read_a_cipher_list() {
        return CipherList.of(LIST);
    }
}
