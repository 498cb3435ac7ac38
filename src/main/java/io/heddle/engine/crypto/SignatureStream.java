package io.heddle.engine.crypto;

import java.io.IOException;
import java.io.OutputStream;
import java.security.Signature;
import java.security.SignatureException;

/** The content of a signature, as bctls writes it. */
class SignatureStream extends OutputStream {
    final Signature signature;

    SignatureStream(Signature signature) {
        this.signature = signature;
    }

    /** Returns this stream, under the name that the interfaces of bctls have for it. */
    public final OutputStream getOutputStream() {
        return this;
    }

    @Override
    public final void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public final void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            signature.update(bytes, offset, length);
        } catch (SignatureException e) {
            throw new IOException(e);
        }
    }
}
