package io.heddle.certificate.path;

/**
 * A generated chain and the peer that it should identify.
 *
 * @param kind the rule that the chain is about
 * @param chain the certificates and the parameters of the verification
 * @param host the host name or IP literal that a client connects to, empty where only the chain is verified
 */
record GeneratedChain(ChainKind kind, ChainCases.Case chain, String host) {
    boolean hasHost() {
        return !host.isEmpty();
    }

    @Override
    public String toString() {
        return chain.name();
    }
}
