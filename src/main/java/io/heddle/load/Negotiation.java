package io.heddle.load;

/**
 * What a handshake agreed on.
 *
 * @param protocol such as {@code TLSv1.3}
 * @param cipher OpenSSL's name of the suite
 * @param group the group of the key exchange, empty where there was none
 * @param alpn the application protocol, empty where there was none
 */
public record Negotiation(String protocol, String cipher, String group, String alpn) {}
