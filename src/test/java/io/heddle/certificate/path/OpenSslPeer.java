package io.heddle.certificate.path;

import io.heddle.certificate.TestPki;
import io.heddle.certificate.x509.IpLiteral;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Openssl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The verification of chains by {@code openssl verify}, with the flags that a TLS connection of OpenSSL or Node has.
 *
 * <p>Chains that need the same flags are verified by one process, because starting it takes far longer than one verification. They share
 * its trusted certificates, CRLs and intermediates; since no CA of one chain has the name of a CA of another, each finds its own.
 */
final class OpenSslPeer {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** A problem at a depth, or the result for a file, after its problems. */
    private static final Pattern LINE = Pattern.compile(
            "^error (?:(?<number>\\d+) at (?<depth>\\d+) depth lookup|.*?(?<failed>\\d+)\\.leaf: verification failed)|^.*?(?<good>\\d+)\\.leaf: OK$",
            Pattern.MULTILINE);

    private final Path directory;

    OpenSslPeer(Path directory) {
        this.directory = directory;
    }

    /** Returns the problems of each chain, such as {@code CERT_HAS_EXPIRED at 0}, in their order. */
    List<List<String>> verify(List<GeneratedChain> chains) throws IOException {
        var groups = new LinkedHashMap<List<String>, List<Integer>>();
        for (int i = 0; i < chains.size(); i++) {
            groups.computeIfAbsent(flags(chains.get(i)), flags -> new ArrayList<>())
                    .add(i);
        }
        var problems = new ArrayList<List<String>>();
        chains.forEach(chain -> problems.add(null));
        for (Map.Entry<List<String>, List<Integer>> group : groups.entrySet()) {
            verify(chains, group.getKey(), group.getValue(), problems);
        }
        return problems;
    }

    private void verify(
            List<GeneratedChain> chains, List<String> flags, List<Integer> group, List<List<String>> problems)
            throws IOException {
        var trusted = new StringBuilder();
        var untrusted = new StringBuilder();
        var crls = new StringBuilder();
        var leaves = new ArrayList<String>();
        for (int number : group) {
            ChainCases.Case chain = chains.get(number).chain();
            trusted.append(TestPki.pem(chain.trust().certificates()));
            untrusted.append(
                    TestPki.pem(chain.presented().subList(1, chain.presented().size())));
            chain.trust().crls().forEach(crl -> crls.append(TestPki.pem(crl)));
            leaves.add(file(number + ".leaf", TestPki.pem(chain.presented().subList(0, 1))));
        }
        var command = new ArrayList<>(flags);
        command.addAll(
                trusted.isEmpty()
                        ? List.of("-no-CAfile")
                        : List.of("-CAfile", file("trusted.pem", trusted.toString())));
        if (!untrusted.isEmpty()) {
            command.addAll(List.of("-untrusted", file("untrusted.pem", untrusted.toString())));
        }
        if (!crls.isEmpty()) {
            command.addAll(List.of("-CRLfile", file("crls.pem", crls.toString())));
        }
        command.addAll(leaves);
        String output = Openssl.run("", LIMIT, command.toArray(String[]::new)).output();
        Matcher line = LINE.matcher(output);
        var found = new ArrayList<String>();
        while (line.find()) {
            if (line.group("number") != null) {
                found.add(name(Integer.parseInt(line.group("number"))) + " at " + line.group("depth"));
            } else if (line.group("failed") != null) {
                problems.set(Integer.parseInt(line.group("failed")), List.copyOf(found));
                found.clear();
            } else {
                problems.set(Integer.parseInt(line.group("good")), List.of());
            }
        }
        for (int number : group) {
            if (problems.get(number) == null) {
                throw new AssertionError("openssl said nothing of " + chains.get(number) + ": " + output);
            }
        }
    }

    private static List<String> flags(GeneratedChain generated) {
        ChainCases.Case chain = generated.chain();
        var flags = new ArrayList<>(List.of("verify", "-no-CApath", "-no-CAstore", "-auth_level", "1"));
        if (!chain.trust().crls().isEmpty()) {
            flags.add("-crl_check_all");
        }
        if (chain.trust().allowPartialTrustChain()) {
            flags.add("-partial_chain");
        }
        flags.addAll(List.of("-verify_depth", Integer.toString(chain.limits().depth())));
        flags.addAll(List.of("-attime", Long.toString(chain.at().getEpochSecond())));
        flags.addAll(List.of("-purpose", chain.purpose() == Purpose.SERVER ? "sslserver" : "sslclient"));
        if (generated.hasHost()) {
            boolean address = IpLiteral.parse(generated.host()).isPresent();
            flags.addAll(List.of(address ? "-verify_ip" : "-verify_hostname", generated.host()));
        }
        return flags;
    }

    private static String name(int number) {
        return Arrays.stream(Code.values())
                .filter(code -> code.verifyResult() == number)
                .map(Code::name)
                .findFirst()
                .orElse("error " + number);
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content).toString();
    }
}
