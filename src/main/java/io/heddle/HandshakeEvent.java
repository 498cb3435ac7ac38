package io.heddle;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A handshake, from its first byte to its result. The fields are what {@code jfr print} shows, in this order. */
@Name("io.heddle.TlsHandshake")
@Label("TLS Handshake")
@Category({"Heddle", "TLS"})
@Description("A TLS handshake that was completed or failed, on either side")
@StackTrace(false)
final class HandshakeEvent extends Event {
    @Label("Side")
    @Description("Which side this is: client or server")
    String side = "";

    @Label("Remote Address")
    String remoteAddress = "";

    @Label("Server Name")
    @Description("The server name that the client asked for, empty if none")
    String servername = "";

    @Label("Version")
    @Description("Such as TLSv1.3; empty if the handshake failed")
    String version = "";

    @Label("Cipher Suite")
    @Description("OpenSSL's name")
    String cipherSuite = "";

    @Label("Group")
    @Description("The group of the key exchange, empty where there was none")
    String group = "";

    @Label("Application Protocol")
    @Description("What ALPN agreed on, empty for none")
    String applicationProtocol = "";

    @Label("Resumption")
    @Description("By what a session was resumed: id, ticket or psk; empty for a full handshake")
    String resumption = "";

    @Label("Failure")
    @Description("Why it failed, as TlsFailure.Code; empty if it did not")
    String failure = "";
}
