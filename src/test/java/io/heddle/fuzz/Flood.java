package io.heddle.fuzz;

import io.heddle.engine.HostileConnection;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeType;

/** Peers that send excessive data, or make the target hold data that it does not need. */
enum Flood implements Fault {
    EMPTY_RECORDS_AT_THE_BEGINNING {
        @Override
        public void run(Attack attack) throws Exception {
            attack.repeat(2, () -> attack.flood(attack.socket(), times(1000, Attack.record(ContentType.handshake))));
        }
    },
    EMPTY_RECORDS_OF_DATA {
        @Override
        public void run(Attack attack) throws Exception {
            secure(attack, client -> client.record(ContentType.application_data));
        }
    },
    CHANGE_CIPHER_SPECS_AT_THE_BEGINNING {
        @Override
        public void run(Attack attack) throws Exception {
            byte[] flood = times(1000, Attack.record(ContentType.change_cipher_spec, (byte) 1));
            attack.repeat(2, () -> {
                Socket socket = attack.socket();
                socket.getOutputStream()
                        .write(Attack.record(ContentType.handshake, HostileConnection.clientHello(true)));
                attack.flood(socket, flood);
            });
        }
    },
    CHANGE_CIPHER_SPECS {
        @Override
        public void run(Attack attack) throws Exception {
            secure(attack, client -> Attack.record(ContentType.change_cipher_spec, (byte) 1));
        }
    },
    WARNINGS_AT_THE_BEGINNING {
        @Override
        public void run(Attack attack) throws Exception {
            byte[] warning =
                    Attack.record(ContentType.alert, (byte) AlertLevel.warning, (byte) AlertDescription.user_canceled);
            attack.repeat(2, () -> attack.flood(attack.socket(), times(1000, warning)));
        }
    },
    WARNINGS_WITH_DATA {
        @Override
        public void run(Attack attack) throws Exception {
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
        public void run(Attack attack) throws Exception {
            // Many messages per record, so that the answers are longer than the record that causes them.
            byte[] hellos = times(1000, new byte[] {HandshakeType.client_hello, 0, 0, 0});
            attack.repeat(2, () -> {
                HostileConnection client = HostileConnection.bareClient(attack.socket());
                if (client.handshake()) {
                    // Nothing is read from here on.
                    flood(
                            attack,
                            client,
                            peer -> joined(
                                    peer.record(ContentType.handshake, hellos),
                                    peer.record(ContentType.application_data, (byte) 'x')));
                }
            });
        }
    },
    RENEGOTIATIONS {
        @Override
        public void run(Attack attack) throws Exception {
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
        public void run(Attack attack) throws Exception {
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
        public void run(Attack attack) throws Exception {
            byte[] begin = {HandshakeType.client_hello, 0, (byte) 0xff, (byte) 0xff, 3, 3};
            byte[] fragment = times(1000, Attack.record(ContentType.handshake, (byte) 3));
            attack.repeat(2, () -> {
                Socket socket = attack.socket();
                socket.getOutputStream().write(Attack.record(ContentType.handshake, begin));
                for (int i = 0; i < 60; i++) {
                    socket.getOutputStream().write(fragment);
                    attack.sent(fragment.length);
                }
                Attack.awaitEnd(socket);
                socket.close();
            });
        }
    },
    HEADERS_ONLY {
        @Override
        public void run(Attack attack) throws Exception {
            byte[] header = {ContentType.handshake, 3, 1, 0x40, 0, 1};
            attack.repeat(WAITING, () -> {
                Socket socket = attack.socket();
                socket.getOutputStream().write(header);
                attack.sent(header.length);
                Attack.awaitEnd(socket);
                socket.close();
            });
        }
    },
    HALF_HANDSHAKES {
        @Override
        public void run(Attack attack) throws Exception {
            byte[] hello = Attack.record(ContentType.handshake, HostileConnection.clientHello(true));
            attack.repeat(WAITING / 2, () -> {
                Socket socket = attack.socket();
                socket.getOutputStream().write(hello);
                attack.sent(hello.length);
                Attack.awaitEnd(socket);
                socket.close();
            });
        }
    },
    HUGE_EXTENSIONS {
        @Override
        public void run(Attack attack) throws Exception {
            byte[] hello = hugeHello();
            attack.repeat(4, () -> {
                Socket socket = attack.socket();
                for (int at = 0; at < hello.length; at += 1 << 14) {
                    byte[] part = Arrays.copyOfRange(hello, at, Math.min(hello.length, at + (1 << 14)));
                    socket.getOutputStream().write(Attack.record(ContentType.handshake, part));
                    attack.sent(part.length);
                }
                socket.shutdownOutput();
                Attack.awaitEnd(socket);
                socket.close();
            });
        }
    },
    HUGE_CERTIFICATES {
        @Override
        public void run(Attack attack) throws Exception {
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
        public void run(Attack attack) throws Exception {
            servers(
                    attack,
                    false,
                    server -> server.record(
                            ContentType.handshake, (byte) HandshakeType.hello_request, (byte) 0, (byte) 0, (byte) 0));
        }
    },
    HELLO_REQUESTS_IN_A_HANDSHAKE {
        @Override
        public void run(Attack attack) throws Exception {
            byte[] flood = times(
                    1000,
                    Attack.record(
                            ContentType.handshake, (byte) HandshakeType.hello_request, (byte) 0, (byte) 0, (byte) 0));
            ServerSocket listener = attack.listener();
            attack.repeat(1, () -> attack.flood(attack.accept(listener, false), flood));
        }
    },
    TICKETS_AT_A_CLIENT {
        @Override
        public void run(Attack attack) throws Exception {
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
        public void run(Attack attack) throws Exception {
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
        public void run(Attack attack) throws Exception {
            servers(attack, true, server -> server.record(ContentType.application_data));
        }
    };

    private static final long HEAP_OF_A_FLOOD = 8_000_000;
    private static final long HEAP_OF_A_CONNECTION = 24_000;
    private static final long HEAP_OF_A_HANDSHAKE = 80_000;

    /** The number of simultaneous connections whose memory the target holds. */
    private static final int WAITING = 500;

    @Override
    public boolean warmsUp() {
        return switch (this) {
            case RENEGOTIATIONS,
                    HEADERS_ONLY,
                    TICKETS_AT_A_CLIENT,
                    HELLO_REQUESTS_AT_A_CLIENT,
                    KEY_UPDATES_AT_A_CLIENT -> true;
            default -> false;
        };
    }

    /**
     * Returns the bytes of heap that the target may hold during the attack, above its heap without it: a constant and
     * an amount per connection, independent of the data sent.
     */
    long heapBound(Attack attack) {
        long peer = this == HALF_HANDSHAKES ? HEAP_OF_A_HANDSHAKE : HEAP_OF_A_CONNECTION;
        return HEAP_OF_A_FLOOD + attack.atOnce() * peer;
    }

    /** Creates the repeated data under the keys of a connection. */
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

    /** Returns a ClientHello with an extension of 60,000 bytes of an unassigned type. */
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
