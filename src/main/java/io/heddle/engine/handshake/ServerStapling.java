package io.heddle.engine.handshake;

import io.heddle.callback.OcspRequestListener;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateStatus;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of OCSP stapling: the response in one handshake. A message of its own in TLS 1.2 (RFC 6066
 * 8), an extension of the leaf in TLS 1.3 (RFC 8446 4.4.2.1).
 *
 * <p>Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
final class ServerStapling {
    private @Nullable Staple staple;

    /** Fetches the response that goes with a chain, in place of that of an earlier handshake. */
    void fetch(Optional<OcspRequestListener> listener, List<X509Certificate> chain, TlsVersion version)
            throws IOException {
        staple = null;
        Optional<byte[]> response;
        try {
            response = listener.isEmpty()
                    ? Optional.empty()
                    : listener.get().onOcspRequest(chain.getFirst(), issuer(chain));
        } catch (TlsFailure e) {
            throw FatalAlerts.alert(e);
        } catch (Exception e) {
            throw FatalAlerts.alert(Code.ERR_TLS_CALLBACK.failure(
                    e, "ocsp: the listener failed for the certificate of %s: %s", subject(chain), e));
        }
        if (response.isEmpty()) {
            return;
        }
        byte[] bytes = response.get().clone();
        int longest = version == TlsVersion.TLS_1_3 ? Staple.LONGEST_13 : Staple.LONGEST;
        if (bytes.length == 0 || bytes.length > longest) {
            throw FatalAlerts.alert(Code.ERR_TLS_CALLBACK.failure(
                    "ocsp: the listener answered with %d bytes for the certificate of %s, 1 to %d are allowed in %s",
                    bytes.length, subject(chain), longest, version));
        }
        staple = new Staple(bytes);
    }

    /** Returns the issuer of the leaf as far as the chain has it. */
    private static Optional<X509Certificate> issuer(List<X509Certificate> chain) {
        X500Principal issuer = chain.getFirst().getIssuerX500Principal();
        return chain.stream()
                .skip(1)
                .filter(certificate -> certificate.getSubjectX500Principal().equals(issuer))
                .findFirst();
    }

    private static String subject(List<X509Certificate> chain) {
        return '"' + chain.getFirst().getSubjectX500Principal().getName() + '"';
    }

    /** Returns whether the ServerHello of TLS 1.2 may announce one. */
    boolean present() {
        return staple != null;
    }

    /** Returns the message of TLS 1.2, null for none. */
    @Nullable
    CertificateStatus message() {
        return staple;
    }

    /** Returns a chain of TLS 1.3 with the response at its leaf, the same one if there is none. */
    Certificate onto(Certificate chain) throws IOException {
        if (staple == null) {
            return chain;
        }
        CertificateEntry[] entries = chain.getCertificateEntryList();
        var extensions = new Hashtable();
        extensions.put(TlsExtensionsUtils.EXT_status_request, staple.encoded());
        entries[0] = new CertificateEntry(entries[0].getCertificate(), extensions);
        return new Certificate(chain.getCertificateRequestContext(), entries);
    }
}
