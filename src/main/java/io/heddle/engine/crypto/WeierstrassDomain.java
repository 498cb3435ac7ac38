package io.heddle.engine.crypto;

import io.heddle.cipher.Group;
import java.io.IOException;
import java.security.PublicKey;
import org.bouncycastle.tls.crypto.TlsECConfig;
import org.bouncycastle.tls.crypto.impl.jcajce.JceTlsECDomain;

/** Key agreement on a curve of TLS 1.2 that {@link Curve} does not have: secp256k1 and those of brainpool. */
final class WeierstrassDomain extends JceTlsECDomain {
    private final String name;

    WeierstrassDomain(ProviderCrypto crypto, TlsECConfig config) {
        super(crypto, config);
        int number = config.getNamedGroup();
        this.name = Group.of(number).map(Group::opensslName).orElseGet(() -> "group " + number);
    }

    @Override
    public PublicKey decodePublicKey(byte[] encoding) throws IOException {
        Curve.requireUncompressed(encoding, name);
        return super.decodePublicKey(encoding);
    }
}
