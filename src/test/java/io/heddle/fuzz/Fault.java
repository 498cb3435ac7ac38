package io.heddle.fuzz;

import io.heddle.RawRecord;
import io.heddle.engine.HostileConnection;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeType;

/** The kinds of fault of a campaign: peers that stall, end, reset, drip, flood or leave, and programs that throw. */
enum Fault {
    STALL_AT_EACH_STEP {
        @Override
        void run(Attack attack) throws Exception {
            var step = new AtomicInteger();
            attack.repeat(8, () -> {
                atStep(attack, step.getAndIncrement());
                // The target is not kept busy by connecting alone: each stalls until the target's deadline or the end.
                if (attack.connections() > STALLED) {
                    awaitEnd(attack.socket());
                }
            });
        }
    },
    END_AT_EACH_STEP {
        @Override
        void run(Attack attack) throws Exception {
            var step = new AtomicInteger();
            attack.repeat(4, () -> {
                Socket socket = atStep(attack, step.getAndIncrement());
                socket.shutdownOutput();
                awaitEnd(socket);
                socket.close();
            });
        }
    },
    RESET_AT_EACH_STEP {
        @Override
        void run(Attack attack) throws Exception {
            var step = new AtomicInteger();
            attack.repeat(4, () -> reset(atStep(attack, step.getAndIncrement())));
        }
    },
    END_WITHIN_EACH_RECORD {
        @Override
        void run(Attack attack) throws Exception {
            var step = new AtomicInteger();
            attack.repeat(4, () -> {
                Socket socket = atStep(attack, step.getAndIncrement());
                socket.getOutputStream().write(new byte[] {ContentType.handshake, 3, 3, 1, 0, 1, 2, 3});
                socket.shutdownOutput();
                awaitEnd(socket);
                socket.close();
            });
        }
    },
    HALF_OPEN {
        @Override
        void run(Attack attack) throws Exception {
            // A peer whose machine is gone: no byte and no end, until the target's deadline.
            attack.repeat(50, () -> {
                Socket socket = attack.socket();
                awaitEnd(socket);
                socket.close();
            });
        }
    },
    DRIP {
        @Override
        void run(Attack attack) throws Exception {
            byte[] hello = record(ContentType.handshake, HostileConnection.clientHello(true));
            attack.repeat(50, () -> {
                Socket socket = attack.socket();
                socket.setSoTimeout(20);
                for (byte each : hello) {
                    socket.getOutputStream().write(each);
                    attack.sent(1);
                    // The pace: nothing comes before the whole message is there.
                    if (pause(socket)) {
                        break;
                    }
                }
                socket.close();
            });
        }
    },
    ABANDONED {
        @Override
        void run(Attack attack) throws Exception {
            var count = new AtomicInteger();
            byte[] hello = record(ContentType.handshake, HostileConnection.clientHello(true));
            attack.repeat(16, () -> {
                int n = count.getAndIncrement();
                Socket socket = attack.socket();
                if (n % 8 == 0) {
                    HostileConnection client = HostileConnection.client(socket, n % 16 == 0);
                    if (client.handshake()) {
                        client.send(client.record(ContentType.application_data, (byte) 'x'));
                    }
                } else {
                    socket.getOutputStream().write(hello, 0, n % hello.length);
                }
                if (n % 2 == 0) {
                    socket.close();
                } else {
                    reset(socket);
                }
            });
        }
    },
    HANDLERS_THAT_THROW {
        @Override
        void run(Attack attack) throws Exception {
            int[] modes = {
                FaultTarget.THROW_RUNTIME, FaultTarget.THROW_ERROR, FaultTarget.THROW_IO, FaultTarget.INTERRUPT
            };
            var count = new AtomicInteger();
            attack.repeat(4, () -> {
                int n = count.getAndIncrement();
                HostileConnection client = attack.client(n % 2 == 0);
                client.send(client.record(ContentType.application_data, (byte) modes[n / 2 % modes.length]));
                client.close();
            });
        }
    },
    STUCK_WRITERS {
        @Override
        void run(Attack attack) throws Exception {
            attack.repeat(20, () -> {
                Socket socket = attack.socket();
                HostileConnection client = HostileConnection.client(socket, attack.connections() % 2 == 0);
                if (client.handshake()) {
                    client.send(client.record(ContentType.application_data, (byte) FaultTarget.WRITE));
                    awaitTime(attack);
                }
                reset(socket);
            });
        }
    },
    CLOCK_JUMPS {
        @Override
        void run(Attack attack) throws Exception {
            attack.repeat(1, () -> {
                for (int days : new int[] {400, -800, 400}) {
                    HostileConnection client = attack.client(true);
                    attack.target().clock(days);
                    client.send(client.record(ContentType.application_data, (byte) FaultTarget.ECHO));
                    client.read();
                    client.close();
                }
            });
        }
    },

    // Floods

    EMPTY_RECORDS_AT_THE_BEGINNING {
        @Override
        void run(Attack attack) throws Exception {
            attack.repeat(2, () -> attack.flood(attack.socket(), times(1000, record(ContentType.handshake))));
        }
    },
    EMPTY_RECORDS_OF_DATA {
        @Override
        void run(Attack attack) throws Exception {
            secure(attack, client -> client.record(ContentType.application_data));
        }
    },
    CHANGE_CIPHER_SPECS_AT_THE_BEGINNING {
        @Override
        void run(Attack attack) throws Exception {
            byte[] flood = times(1000, record(ContentType.change_cipher_spec, (byte) 1));
            attack.repeat(2, () -> {
                Socket socket = attack.socket();
                socket.getOutputStream().write(record(ContentType.handshake, HostileConnection.clientHello(true)));
                attack.flood(socket, flood);
            });
        }
    },
    CHANGE_CIPHER_SPECS {
        @Override
        void run(Attack attack) throws Exception {
            secure(attack, client -> record(ContentType.change_cipher_spec, (byte) 1));
        }
    },
    WARNINGS_AT_THE_BEGINNING {
        @Override
        void run(Attack attack) throws Exception {
            byte[] warning =
                    record(ContentType.alert, (byte) AlertLevel.warning, (byte) AlertDescription.user_canceled);
            attack.repeat(2, () -> attack.flood(attack.socket(), times(1000, warning)));
        }
    },
    WARNINGS_WITH_DATA {
        @Override
        void run(Attack attack) throws Exception {
            secure(attack, client -> {
                byte[] all = new byte[0];
                for (int i = 0; i < 30; i++) {
                    all = joined(all, client.record(ContentType.alert, (byte) AlertLevel.warning, (byte)
                            AlertDescription.user_canceled));
                }
                return joined(all, client.record(ContentType.application_data, (byte) 'x'));
            });
        }
    },
    REFUSED_RENEGOTIATIONS {
        @Override
        void run(Attack attack) throws Exception {
            // Many messages to a record, so that the answers are longer than what they answer.
            byte[] hellos = times(1000, new byte[] {HandshakeType.client_hello, 0, 0, 0});
            attack.repeat(2, () -> {
                HostileConnection client = HostileConnection.bareClient(attack.socket());
                if (client.handshake()) {
                    // Nothing is read from here on.
                    flood(
                            attack,
                            client,
                            each -> joined(
                                    each.record(ContentType.handshake, hellos),
                                    each.record(ContentType.application_data, (byte) 'x')));
                }
            });
        }
    },
    RENEGOTIATIONS {
        @Override
        void run(Attack attack) throws Exception {
            byte[] hello = HostileConnection.clientHello(false);
            secure12(
                    attack,
                    client -> joined(
                            client.record(ContentType.handshake, hello),
                            client.record(ContentType.application_data, (byte) 'x')));
        }
    },
    KEY_UPDATES {
        @Override
        void run(Attack attack) throws Exception {
            attack.repeat(2, () -> {
                HostileConnection client = attack.client(true);
                while (attack.goesOn()) {
                    client.updateKeys();
                    client.send(client.record(ContentType.application_data, (byte) 'x'));
                    attack.sent(50);
                }
            });
        }
    },
    FRAGMENTS_OF_A_BYTE {
        @Override
        void run(Attack attack) throws Exception {
            byte[] begin = {HandshakeType.client_hello, 0, (byte) 0xff, (byte) 0xff, 3, 3};
            byte[] fragment = times(1000, record(ContentType.handshake, (byte) 3));
            attack.repeat(2, () -> {
                Socket socket = attack.socket();
                socket.getOutputStream().write(record(ContentType.handshake, begin));
                for (int i = 0; i < 60; i++) {
                    socket.getOutputStream().write(fragment);
                    attack.sent(fragment.length);
                }
                awaitEnd(socket);
                socket.close();
            });
        }
    },
    HEADERS_ONLY {
        @Override
        void run(Attack attack) throws Exception {
            byte[] header = {ContentType.handshake, 3, 1, 0x40, 0, 1};
            attack.repeat(WAITING, () -> {
                Socket socket = attack.socket();
                socket.getOutputStream().write(header);
                attack.sent(header.length);
                awaitEnd(socket);
                socket.close();
            });
        }
    },
    HALF_HANDSHAKES {
        @Override
        void run(Attack attack) throws Exception {
            byte[] hello = record(ContentType.handshake, HostileConnection.clientHello(true));
            attack.repeat(WAITING / 2, () -> {
                Socket socket = attack.socket();
                socket.getOutputStream().write(hello);
                attack.sent(hello.length);
                awaitEnd(socket);
                socket.close();
            });
        }
    },
    HUGE_EXTENSIONS {
        @Override
        void run(Attack attack) throws Exception {
            byte[] hello = hugeHello();
            attack.repeat(4, () -> {
                Socket socket = attack.socket();
                for (int at = 0; at < hello.length; at += 1 << 14) {
                    byte[] part = Arrays.copyOfRange(hello, at, Math.min(hello.length, at + (1 << 14)));
                    socket.getOutputStream().write(record(ContentType.handshake, part));
                    attack.sent(part.length);
                }
                socket.shutdownOutput();
                awaitEnd(socket);
                socket.close();
            });
        }
    },
    HUGE_CERTIFICATES {
        @Override
        void run(Attack attack) throws Exception {
            var count = new AtomicInteger();
            attack.repeat(4, () -> {
                Socket socket = attack.socket();
                attack.sent(HostileConnection.clientWithCertificate(socket, "hostile " + count.getAndIncrement()));
                socket.close();
            });
        }
    },

    // Floods of a server against the target's client

    HELLO_REQUESTS_AT_A_CLIENT {
        @Override
        void run(Attack attack) throws Exception {
            servers(
                    attack,
                    false,
                    server -> server.record(
                            ContentType.handshake, (byte) HandshakeType.hello_request, (byte) 0, (byte) 0, (byte) 0));
        }
    },
    HELLO_REQUESTS_IN_A_HANDSHAKE {
        @Override
        void run(Attack attack) throws Exception {
            byte[] flood = times(
                    1000,
                    record(ContentType.handshake, (byte) HandshakeType.hello_request, (byte) 0, (byte) 0, (byte) 0));
            ServerSocket listener = attack.listener();
            attack.repeat(1, () -> attack.flood(attack.accept(listener, false), flood));
        }
    },
    TICKETS_AT_A_CLIENT {
        @Override
        void run(Attack attack) throws Exception {
            byte[] ticket = HostileConnection.ticket(1000);
            servers(
                    attack,
                    true,
                    server -> joined(
                            server.record(ContentType.handshake, ticket),
                            server.record(ContentType.application_data, (byte) 'x')));
        }
    },
    KEY_UPDATES_AT_A_CLIENT {
        @Override
        void run(Attack attack) throws Exception {
            ServerSocket listener = attack.listener();
            attack.repeat(1, () -> {
                HostileConnection server = attack.server(listener, true);
                while (attack.goesOn()) {
                    server.updateKeys();
                    server.send(server.record(ContentType.application_data, (byte) 'x'));
                    attack.sent(50);
                }
            });
        }
    },
    EMPTY_RECORDS_AT_A_CLIENT {
        @Override
        void run(Attack attack) throws Exception {
            servers(attack, true, server -> server.record(ContentType.application_data));
        }
    };

    private static final long HEAP_OF_A_FLOOD = 5_000_000;
    private static final long HEAP_OF_A_CONNECTION = 24_000;
    private static final long HEAP_OF_A_HANDSHAKE = 80_000;

    /** As many as stall at a time. */
    private static final int STALLED = 100;

    /** As many as hold what the target has for each of them. */
    private static final int WAITING = 500;

    /** Does it until the attack's time is over. */
    abstract void run(Attack attack) throws Exception;

    /** Returns whether the target has what it keeps for good once this kind was there. */
    boolean warmsUp() {
        return !isFlood() || this == RENEGOTIATIONS || this == TICKETS_AT_A_CLIENT || this == KEY_UPDATES;
    }

    boolean isFlood() {
        return ordinal() >= EMPTY_RECORDS_AT_THE_BEGINNING.ordinal();
    }

    /** Returns how many bytes of heap an attack may hold while it runs: a little, so much a connection, not what it sends. */
    long heapBound(Attack attack) {
        long each = this == HALF_HANDSHAKES ? HEAP_OF_A_HANDSHAKE : HEAP_OF_A_CONNECTION;
        return HEAP_OF_A_FLOOD + attack.connections() * each + attack.bytes() / 20;
    }

    /** Makes what is sent over and over, under the keys of a connection. */
    @FunctionalInterface
    private interface Records {
        byte[] of(HostileConnection peer) throws IOException;
    }

    private static void secure(Attack attack, Records records) throws InterruptedException {
        var count = new AtomicInteger();
        attack.repeat(2, () -> flood(attack, attack.client(count.getAndIncrement() % 2 == 0), records));
    }

    private static void secure12(Attack attack, Records records) throws InterruptedException {
        attack.repeat(2, () -> flood(attack, attack.client(false), records));
    }

    private static void servers(Attack attack, boolean tls13, Records records) throws Exception {
        ServerSocket listener = attack.listener();
        attack.repeat(1, () -> flood(attack, attack.server(listener, tls13), records));
    }

    private static void flood(Attack attack, HostileConnection peer, Records records) throws IOException {
        while (attack.goesOn()) {
            byte[] next = records.of(peer);
            peer.send(next);
            attack.sent(next.length);
        }
    }

    /** Returns a connection whose client has come so far in its handshake, or a little beyond it. */
    private static Socket atStep(Attack attack, int step) throws IOException {
        boolean tls13 = step % 2 == 0;
        Socket socket = attack.socket();
        HostileConnection.clientUntil(socket, tls13, step / 2 % (HostileConnection.clientRecords(tls13) + 1))
                .handshake();
        return socket;
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static void awaitEnd(Socket socket) throws IOException {
        byte[] into = new byte[1 << 12];
        while (socket.getInputStream().read(into) >= 0) {
            // An alert or a flight, and then the end.
        }
    }

    /** Waits for the end of the attack, whose connections are closed then. */
    private static void awaitTime(Attack attack) throws IOException {
        try (ServerSocket nobody = attack.listener()) {
            while (attack.goesOn()) {
                try {
                    nobody.accept().close();
                } catch (SocketTimeoutException e) {
                    // A time is over, which is what it is for.
                }
            }
        }
    }

    /** Waits a moment for bytes of the target; true if it has ended its direction. */
    private static boolean pause(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private static byte[] record(int type, byte... content) {
        return RawRecord.of(type, content).toBytes();
    }

    private static byte[] times(int count, byte[] bytes) {
        byte[] all = new byte[count * bytes.length];
        for (int i = 0; i < count; i++) {
            System.arraycopy(bytes, 0, all, i * bytes.length, bytes.length);
        }
        return all;
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    /** Returns a ClientHello with an extension of 60,000 bytes that nobody knows. */
    private static byte[] hugeHello() {
        byte[] hello = HostileConnection.clientHello(true);
        byte[] extension = new byte[60_004];
        extension[0] = (byte) 0xfa;
        extension[1] = (byte) 0xfa;
        extension[2] = (byte) (60_000 >>> 8);
        extension[3] = (byte) 60_000;
        // Before the length of the extensions: header, version, random, session id, suites, compression.
        int at = 4 + 2 + 32;
        at += 1 + (hello[at] & 0xff);
        at += 2 + ((hello[at] & 0xff) << 8 | (hello[at + 1] & 0xff));
        at += 1 + (hello[at] & 0xff);
        int extensions = ((hello[at] & 0xff) << 8 | (hello[at + 1] & 0xff)) + extension.length;
        byte[] huge = joined(
                joined(Arrays.copyOf(hello, at + 2), extension), Arrays.copyOfRange(hello, at + 2, hello.length));
        huge[at] = (byte) (extensions >>> 8);
        huge[at + 1] = (byte) extensions;
        int body = huge.length - 4;
        huge[1] = (byte) (body >>> 16);
        huge[2] = (byte) (body >>> 8);
        huge[3] = (byte) body;
        return huge;
    }
}
