package io.heddle.fuzz;

import io.heddle.engine.HostileConnection;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.tls.ContentType;

/** Peers that stall, end, reset, drip and disconnect, handlers that throw, and a clock that jumps. */
enum ConnectionFault implements Fault {
    STALL_AT_EACH_STEP {
        @Override
        public void run(Attack attack) throws Exception {
            var step = new AtomicInteger();
            attack.repeat(8, () -> {
                atStep(attack, step.getAndIncrement());
                // From then on each thread has one that stalls until the target's deadline.
                if (attack.connections() > STALLED) {
                    Attack.awaitEnd(attack.socket());
                }
            });
        }
    },
    END_AT_EACH_STEP {
        @Override
        public void run(Attack attack) throws Exception {
            var step = new AtomicInteger();
            attack.repeat(4, () -> {
                Socket socket = atStep(attack, step.getAndIncrement());
                socket.shutdownOutput();
                Attack.awaitEnd(socket);
                socket.close();
            });
        }
    },
    RESET_AT_EACH_STEP {
        @Override
        public void run(Attack attack) throws Exception {
            var step = new AtomicInteger();
            attack.repeat(4, () -> reset(atStep(attack, step.getAndIncrement())));
        }
    },
    END_WITHIN_EACH_RECORD {
        @Override
        public void run(Attack attack) throws Exception {
            var step = new AtomicInteger();
            attack.repeat(4, () -> {
                Socket socket = atStep(attack, step.getAndIncrement());
                socket.getOutputStream().write(new byte[] {ContentType.handshake, 3, 3, 1, 0, 1, 2, 3});
                socket.shutdownOutput();
                Attack.awaitEnd(socket);
                socket.close();
            });
        }
    },
    HALF_OPEN {
        @Override
        public void run(Attack attack) throws Exception {
            // A peer whose machine is gone: no byte and no end, until the target's deadline.
            attack.repeat(50, () -> {
                Socket socket = attack.socket();
                Attack.awaitEnd(socket);
                socket.close();
            });
        }
    },
    DRIP {
        @Override
        public void run(Attack attack) throws Exception {
            byte[] hello = Attack.record(ContentType.handshake, HostileConnection.clientHello(true));
            attack.repeat(50, () -> {
                Socket socket = attack.socket();
                socket.setSoTimeout(20);
                for (byte octet : hello) {
                    socket.getOutputStream().write(octet);
                    attack.sent(1);
                    // The pace: nothing is sent before the whole message has arrived.
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
        public void run(Attack attack) throws Exception {
            var count = new AtomicInteger();
            byte[] hello = Attack.record(ContentType.handshake, HostileConnection.clientHello(true));
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
        public void run(Attack attack) throws Exception {
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
        public void run(Attack attack) throws Exception {
            attack.repeat(20, () -> {
                Socket socket = attack.socket();
                HostileConnection client = HostileConnection.client(socket, attack.connections() % 2 == 0);
                if (client.handshake()) {
                    client.send(client.record(ContentType.application_data, (byte) FaultTarget.WRITE));
                    attack.awaitTime();
                }
                reset(socket);
            });
        }
    },
    CLOCK_JUMPS {
        @Override
        public void run(Attack attack) throws Exception {
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
    };

    /** The number of simultaneous stalled peers. */
    private static final int STALLED = 100;

    @Override
    public boolean warmsUp() {
        return true;
    }

    /** Returns a connection whose client has reached this point of its handshake, or a little beyond it. */
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

    /** Waits briefly for bytes of the target; true if it has ended its direction. */
    private static boolean pause(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
