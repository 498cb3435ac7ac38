package io.heddle.endpoint;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A handshake, from its first byte to its result. {@code jfr print} prints the fields in this order. */
@Name("io.heddle.TlsHandshake")
@Label("TLS Handshake")
@Category({"Heddle", "TLS"})
@Description("A TLS handshake that was completed or failed, on either side")
@StackTrace(false)
public final class HandshakeEvent extends Event {
    @Label("Side")
    @Description("The local side: client or server")
    String side = "";

    @Label("Remote Address")
    String remoteAddress = "";

    @Label("Server Name")
    @Description("The server name requested by the client, empty if none")
    String servername = "";

    @Label("Version")
    @Description("Such as TLSv1.3; empty if the handshake failed")
    String version = "";

    @Label("Cipher Suite")
    @Description("OpenSSL's name")
    String cipherSuite = "";

    @Label("Group")
    @Description("The group of the key exchange, empty if none")
    String group = "";

    @Label("Application Protocol")
    @Description("The protocol selected by ALPN, empty if none")
    String applicationProtocol = "";

    @Label("Resumption")
    @Description("The means of resumption: id, ticket or psk; empty for a full handshake")
    String resumption = "";

    @Label("Failure")
    @Description("The reason of the failure, a TlsFailure.Code; empty on success")
    String failure = "";
}
