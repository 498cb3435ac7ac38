package io.heddle.certificate.x509;

/** The side whose chain is verified, and so the extended key usage that its certificates have to allow. */
public enum Purpose {
    /** A server, verified by a client: {@code serverAuth}; OpenSSL's {@code sslserver}. */
    SERVER("1.3.6.1.5.5.7.3.1", "server"),
    /** A client, verified by a server: {@code clientAuth}; OpenSSL's {@code sslclient}. */
    CLIENT("1.3.6.1.5.5.7.3.2", "client");

    private final String extendedKeyUsage;
    private final String side;

    Purpose(String extendedKeyUsage, String side) {
        this.extendedKeyUsage = extendedKeyUsage;
        this.side = side;
    }

    /** Returns the object identifier of the extended key usage. */
    public String extendedKeyUsage() {
        return extendedKeyUsage;
    }

    /** Returns {@code server} or {@code client}. */
    @Override
    public String toString() {
        return side;
    }
}
