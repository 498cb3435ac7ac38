package io.heddle;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The end of a connection that was secure; its duration is counted from the end of the handshake. */
@Name("io.heddle.TlsConnectionEnd")
@Label("TLS Connection End")
@Category({"Heddle", "TLS"})
@Description("A TLS connection, from the end of its handshake until it was closed on this side")
@StackTrace(false)
final class ConnectionEndEvent extends Event {
    @Label("Side")
    @Description("Which side this is: client or server")
    String side = "";

    @Label("Remote Address")
    String remoteAddress = "";

    @Label("Bytes Read")
    @Description("Application data received")
    @DataAmount
    long bytesRead;

    @Label("Bytes Written")
    @Description("Application data sent")
    @DataAmount
    long bytesWritten;

    @Label("End")
    @Description(
            "closed: this side closed first; close_notify: the peer said that it ends; eof: the peer ended without saying so; "
                    + "reset: the transport broke; failed: TLS failed")
    String end = "";

    @Label("Failure")
    @Description("Why TLS failed, as TlsFailure.Code; empty if it did not")
    String failure = "";
}
