package io.heddle.engine.crypto;

import io.heddle.certificate.file.DhParameters;
import io.heddle.cipher.Suite;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.util.Optional;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.crypto.DHGroup;
import org.bouncycastle.tls.crypto.TlsDHConfig;

/**
 * The groups of a server for DHE in TLS 1.2 and below; TLS 1.3 has groups of its own.
 *
 * @param automatic whether the group follows the strength of the certificate's key
 * @param fixed the group, if it does not; without either there is no DHE
 */
public record DhGroups(boolean automatic, Optional<DhParameters> fixed) {
    /** No DHE, Node's default. */
    public static final DhGroups NONE = new DhGroups(false, Optional.empty());

    public boolean any() {
        return automatic || fixed.isPresent();
    }

    /** Returns the group to go with a key: RFC 7919's, about as strong (NIST SP 800-57), unless one is fixed. */
    public TlsDHConfig group(PublicKey key) {
        return fixed.isPresent() ? explicit(fixed.get()) : named(bits(key));
    }

    private static TlsDHConfig explicit(DhParameters parameters) {
        return new TlsDHConfig(new DHGroup(parameters.p(), null, parameters.g(), 0));
    }

    private static TlsDHConfig named(int bits) {
        int group = bits <= 2048 ? NamedGroup.ffdhe2048 : bits <= 3072 ? NamedGroup.ffdhe3072 : NamedGroup.ffdhe8192;
        return new TlsDHConfig(group, false);
    }

    /** Returns the group to go with the key of a suite that has no certificate, unless one is fixed. */
    public TlsDHConfig group(Suite suite) {
        return fixed.isPresent() ? explicit(fixed.get()) : named(suite.bits() <= 128 ? 2048 : 3072);
    }

    private static int bits(PublicKey key) {
        return switch (key) {
            case RSAKey rsa -> rsa.getModulus().bitLength();
            case ECKey ec -> ec.getParams().getCurve().getField().getFieldSize() <= 256 ? 3072 : 8192;
            default -> 3072;
        };
    }

    public static int bits(TlsDHConfig config) {
        DHGroup explicit = config.getExplicitGroup();
        return explicit == null
                ? NamedGroup.getFiniteFieldBits(config.getNamedGroup())
                : explicit.getP().bitLength();
    }
}
