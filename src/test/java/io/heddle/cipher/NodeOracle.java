package io.heddle.cipher;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.interop.Node;
import io.heddle.interop.RunningProgram;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The results of the installed {@code node} for an option, with one process for many values. */
final class NodeOracle {
    /** Hundreds of contexts and ClientHellos, on a busy machine. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final String READ_LINES = """
            const tls = require('tls');
            const values = require('fs').readFileSync(0, 'utf8').split('\\n').slice(0, -1)
                .map(line => Buffer.from(line, 'base64').toString('utf8'));
            """;

    /**
     * P-521 is allowed at each level: at level 5 OpenSSL 3.5 has no key share of its defaults, and writes no
     * ClientHello. The suites lie in the ClientHello behind the session id: record 5, message 4, version 2, random 32.
     * A client whose list leaves nothing writes an alert instead.
     */
    private static final String CLIENT_HELLOS = READ_LINES + """
            const {Duplex} = require('stream');
            const hello = ciphers => new Promise(resolve => {
                let context;
                try {
                    context = tls.createSecureContext({ciphers, ecdhCurve: 'P-521', minVersion: 'TLSv1', maxVersion: 'TLSv1.3'});
                } catch (e) {
                    return resolve(e.code);
                }
                const wire = new Duplex({
                    read() {},
                    write(bytes, encoding, done) {
                        const at = 44 + bytes[43];
                        if (bytes[0] === 22) resolve(bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at)).toString('hex'));
                        done();
                    }
                });
                const socket = tls.connect({socket: wire, secureContext: context, pskCallback: () => null});
                socket.on('error', e => resolve('ERR_SSL_NO_CIPHER_MATCH ' + e.code));
            });
            (async () => {
                for (const value of values) console.log(await hello(value));
                process.exit(0);
            })();
            """;

    private static final String GROUPS_AND_KEY_SHARES = READ_LINES + """
            const {Duplex} = require('stream');
            const hex = (bytes, at) => bytes.subarray(at, at + 2).toString('hex');
            const describe = bytes => {
                let at = 44 + bytes[43];
                at += 2 + bytes.readUInt16BE(at);
                at += 1 + bytes[at] + 2;
                const groups = [], shares = [];
                while (at < bytes.length) {
                    const type = bytes.readUInt16BE(at), end = at + 4 + bytes.readUInt16BE(at + 2);
                    if (type === 10) for (let i = at + 6; i < end; i += 2) groups.push(hex(bytes, i));
                    if (type === 51) for (let i = at + 6; i < end; i += 4 + bytes.readUInt16BE(i + 2)) shares.push(hex(bytes, i));
                    at = end;
                }
                return groups.join() + '|' + shares.join();
            };
            const hello = ecdhCurve => new Promise(resolve => {
                let context;
                try {
                    context = tls.createSecureContext({ecdhCurve, ciphers: process.argv[2]});
                } catch (e) {
                    return resolve('refused');
                }
                const wire = new Duplex({
                    read() {},
                    write(bytes, encoding, done) {
                        if (bytes[0] === 22) resolve(describe(bytes));
                        done();
                    }
                });
                tls.connect({socket: wire, secureContext: context}).on('error', () => resolve('error'));
            });
            (async () => {
                for (const value of values) console.log(await hello(value));
                process.exit(0);
            })();
            """;

    private static final String ACCEPTS = READ_LINES + """
            for (const value of values) {
                try {
                    tls.createSecureContext({[process.argv[2]]: value});
                    console.log('accepted');
                } catch (e) {
                    console.log('refused');
                }
            }
            """;

    /**
     * Returns for each value of {@code ecdhCurve} the groups and the key shares of the ClientHello in the form of
     * {@link HelloCatcher#groupsAndKeyShares}, {@code refused}, or {@code error} if there is no ClientHello.
     */
    List<String> groupsAndKeyShares(List<String> lists) {
        return groupsAndKeyShares(lists, CipherList.DEFAULT);
    }

    /** Returns the same for contexts with these {@code ciphers}. */
    List<String> groupsAndKeyShares(List<String> lists, String ciphers) {
        return run(GROUPS_AND_KEY_SHARES, lists, ciphers);
    }

    /** Returns OpenSSL's names of the suites that a client offers with each list, or the code of the failure. */
    List<String> clientHellos(List<String> lists) {
        return run(CLIENT_HELLOS, lists).stream()
                .map(answer -> answer.startsWith("ERR_") ? answer.split(" ", -1)[0] : names(answer))
                .toList();
    }

    /** Returns for each value whether {@code tls.createSecureContext} accepts it as {@code option}. */
    List<Boolean> accepts(String option, List<String> values) {
        return run(ACCEPTS, values, option).stream().map("accepted"::equals).toList();
    }

    private static List<String> run(String script, List<String> values, String... arguments) {
        String in = values.stream()
                .map(value -> Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)) + "\n")
                .collect(Collectors.joining());
        try (RunningProgram node = Node.start(script, arguments)) {
            node.send(in);
            node.closeInput();
            List<String> answers =
                    node.awaitEnd(LIMIT).succeeded().out().lines().toList();
            assertThat(answers).hasSameSizeAs(values);
            return answers;
        }
    }

    private static String names(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return IntStream.range(0, bytes.length / 2)
                .map(i -> ((bytes[2 * i] & 0xFF) << 8) | (bytes[2 * i + 1] & 0xFF))
                .distinct() // Node offers a suite of TLS 1.3 twice if it is named twice
                .mapToObj(Suite::of)
                .flatMap(Optional::stream) // not the signalling value, nor NULL-MD5
                .map(Suite::name)
                .collect(Collectors.joining(":"));
    }
}
