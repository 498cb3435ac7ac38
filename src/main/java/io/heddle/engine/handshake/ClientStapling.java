package io.heddle.engine.handshake;

import io.heddle.certificate.OcspVerdict;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.handshake.trust.StapleCheck;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateStatusRequest;
import org.bouncycastle.tls.CertificateStatusType;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.OCSPStatusRequest;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of OCSP stapling in one handshake: the request, the server's responses, which are a message in TLS
 * 1.2 (RFC 6066 8) and extensions of the certificates in TLS 1.3 (RFC 8446 4.4.2.1), and their check.
 *
 * <p>Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
public final class ClientStapling {
    private static final byte[] NONE = {};

    /** Empty where nothing is asked for. */
    private final Optional<StapleCheck> check;

    private List<byte[]> responses = List.of();

    /** The result for the server's own certificate. */
    private Optional<OcspVerdict> verdict = Optional.empty();

    public ClientStapling(Optional<StapleCheck> check) {
        this.check = check;
    }

    /** Returns the request, to whatever responder; null where nothing is asked for. */
    @Nullable
    CertificateStatusRequest request() {
        return check.isEmpty()
                ? null
                : new CertificateStatusRequest(CertificateStatusType.ocsp, new OCSPStatusRequest(null, null));
    }

    /** Takes the CertificateStatus of TLS 1.2. */
    void message(ByteArrayInputStream status) throws IOException {
        responses = List.of(Staple.read(status));
    }

    /** Takes the extensions of a chain of TLS 1.3. */
    public void entries(Certificate chain) throws IOException {
        List<byte[]> found = new ArrayList<>();
        int last = 0;
        for (CertificateEntry entry : chain.getCertificateEntryList()) {
            byte[] response = response(entry);
            found.add(response);
            if (response.length > 0) {
                last = found.size();
            }
        }
        responses = List.copyOf(found.subList(0, last));
    }

    private byte[] response(CertificateEntry entry) throws IOException {
        Hashtable extensions = entry.getExtensions();
        if (extensions == null) {
            return NONE;
        }
        // RFC 8446 4.2: an answer that was not asked for is fatal. bctls asks only where an extension may stand.
        for (Object type : extensions.keySet()) {
            if (check.isEmpty() || !type.equals(TlsExtensionsUtils.EXT_status_request)) {
                throw FatalAlerts.alert(Code.ERR_SSL_UNSOLICITED_EXTENSION.failure(
                        "certificate: the server sent the extension %s, which the client did not ask for",
                        ExtensionType.getText((Integer) type)));
            }
        }
        byte[] status = (byte[]) extensions.get(TlsExtensionsUtils.EXT_status_request);
        return status == null ? NONE : Staple.read(new ByteArrayInputStream(status));
    }

    /** Checks the responses, and returns why the server is not authorized after all. */
    Optional<TlsFailure.Code> verify(List<X509Certificate> chain) throws IOException {
        if (check.isEmpty()) {
            return Optional.empty();
        }
        try {
            StapleCheck.Result result =
                    check.get().check(responses.stream().map(byte[]::clone).toList(), chain);
            verdict = Optional.of(result.verdict());
            return result.error();
        } catch (TlsFailure e) {
            throw FatalAlerts.alert(e);
        } catch (Exception e) {
            throw FatalAlerts.alert(Code.ERR_TLS_CALLBACK.failure(
                    e, "ocsp: the listener refused the server, which sent %s: %s", described(), e));
        }
    }

    private String described() {
        return responses.isEmpty() || responses.getFirst().length == 0
                ? "no response"
                : "a response of %d bytes".formatted(responses.getFirst().length);
    }

    /** Returns the verdict on the response for the server's own certificate; empty where nothing was asked for. */
    Optional<OcspVerdict> verdict() {
        return verdict;
    }

    /** Returns a response for each certificate from the leaf on, empty ones for those without; none behind the last. */
    public List<byte[]> responses() {
        return responses;
    }

    /**
     * Returns the server's extensions as the one check of bctls wants them that reads a certificate's TLS features (RFC
     * 7633). It looks for status_request in the ServerHello, where TLS 1.3 never has it; the client verifies the
     * response itself.
     */
    static Hashtable withStatusRequest(@Nullable Hashtable extensions) {
        var all = extensions == null ? new Hashtable() : new Hashtable(extensions);
        all.putIfAbsent(TlsExtensionsUtils.EXT_status_request, NONE);
        return all;
    }
}
