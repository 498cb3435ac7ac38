package io.heddle.bogo;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The shim: one JVM for all tests of the runner, which its launchers reach over a Unix-domain socket. Each
 * test runs on a virtual thread. Ends when its standard input does, and then prints the unsupported options,
 * with the number of tests.
 *
 * <p>Arguments: the socket's path, the file with the names of failures, and {@code socket} or {@code engine}.
 */
public final class BogoShim {
    private static final int FAILED = 1;
    private static final int UNIMPLEMENTED = 89;

    private final FailureNames names;
    private final boolean engine;
    private final Map<String, Integer> unimplemented = new ConcurrentSkipListMap<>();

    private BogoShim(FailureNames names, boolean engine) {
        this.names = names;
        this.engine = engine;
    }

    public static void main(String[] arguments) throws IOException {
        var shim = new BogoShim(FailureNames.read(Path.of(arguments[1])), arguments[2].equals("engine"));
        try (ServerSocketChannel launchers = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            launchers.bind(UnixDomainSocketAddress.of(arguments[0]));
            Thread.ofPlatform().daemon().start(() -> shim.accept(launchers));
            System.out.println("ready");
            while (System.in.read() >= 0) {
                // Only the end of the input matters.
            }
        }
        shim.unimplemented.forEach((option, tests) -> System.out.println("unimplemented " + tests + " " + option));
    }

    private void accept(ServerSocketChannel launchers) {
        while (launchers.isOpen()) {
            try {
                SocketChannel launcher = launchers.accept();
                Thread.ofVirtual().start(() -> serve(launcher));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(SocketChannel launcher) {
        try (ShimCall call = new ShimCall(launcher)) {
            call.exit(run(call));
        } catch (IOException e) {
            // The runner has ended the launcher.
        }
    }

    private int run(ShimCall call) throws IOException {
        try {
            List<String> arguments = call.arguments();
            if (arguments.contains("-is-handshaker-supported")) {
                call.print("No\n");
            } else {
                new ShimTest(ShimOptions.parse(arguments), engine).run(call);
            }
            return 0;
        } catch (Unimplemented | InvalidOption e) {
            unimplemented.merge(String.valueOf(e.getMessage()), 1, Integer::sum);
            return UNIMPLEMENTED;
        } catch (TlsFailure e) {
            call.error(names.of(e.code()) + " " + e.code() + ": " + e.getMessage() + causes(e) + "\n");
            return FAILED;
        } catch (Unexpected e) {
            call.error("shim: " + e.getMessage() + "\n");
            return FAILED;
        } catch (Exception e) {
            var trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            call.error("shim: " + trace);
            return FAILED;
        }
    }

    private static String causes(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? "" : "\n  caused by " + cause + causes(cause);
    }
}
