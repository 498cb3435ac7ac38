package io.heddle.bogo;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The connection of one launcher: its arguments, and the output to the runner. {@code launcher.c} is the other side.
 */
final class ShimCall implements AutoCloseable {
    private static final int MOST_ARGUMENTS = 1000;
    private static final int LONGEST_ARGUMENT = 1 << 20;

    private final SocketChannel launcher;
    private final DataInputStream in;
    private final DataOutputStream out;

    ShimCall(SocketChannel launcher) {
        this.launcher = launcher;
        this.in = new DataInputStream(Channels.newInputStream(launcher));
        this.out = new DataOutputStream(Channels.newOutputStream(launcher));
    }

    List<String> arguments() throws IOException {
        int count = bounded(in.readInt(), MOST_ARGUMENTS);
        var arguments = new ArrayList<String>(count);
        for (int i = 0; i < count; i++) {
            byte[] argument = in.readNBytes(bounded(in.readInt(), LONGEST_ARGUMENT));
            arguments.add(new String(argument, StandardCharsets.ISO_8859_1));
        }
        return arguments;
    }

    private static int bounded(int number, int most) throws IOException {
        if (number < 0 || number > most) {
            throw new IOException("launcher: %d, at most %d is allowed".formatted(number, most));
        }
        return number;
    }

    /** Registers a resource to close when the launcher ends, as it does when the runner times out. */
    void onEnd(AutoCloseable what) {
        Thread.ofVirtual().start(() -> {
            try (what;
                    InputStream rest = in) {
                rest.transferTo(OutputStream.nullOutputStream());
            } catch (Exception e) {
                // The launcher has ended in either case.
            }
        });
    }

    void print(String text) throws IOException {
        send(1, text);
    }

    void error(String text) throws IOException {
        send(2, text);
    }

    private void send(int stream, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeByte(stream);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    void exit(int code) throws IOException {
        out.writeByte(0);
        out.writeInt(code);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        launcher.close();
    }
}
