package io.heddle.endpoint;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The end of a connection whose handshake was complete; its duration begins with the end of the handshake. */
@Name("io.heddle.TlsConnectionEnd")
@Label("TLS Connection End")
@Category({"Heddle", "TLS"})
@Description("A TLS connection, from the end of its handshake until the local side closed it")
@StackTrace(false)
public final class ConnectionEndEvent extends Event {
    @Label("Side")
    @Description("The local side: client or server")
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
            "closed: the local side closed first; close_notify: the peer sent close_notify; eof: the peer ended without close_notify; "
                    + "reset: the transport failed; failed: TLS failed")
    String end = "";

    @Label("Failure")
    @Description("The reason of the failure of TLS, a TlsFailure.Code; empty if it did not fail")
    String failure = "";
}
