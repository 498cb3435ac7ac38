package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Compares the inventory of {@code docs/node-parity.md} with the names that the {@code tls} module of Node.js exports:
 * one that the newest release has and the inventory lacks fails.
 */
@Tag("interop")
@Tag("node")
class NodeInventoryTest {
    /**
     * Names beginning with an underscore are internal. Functions that are no constructors end in (), as in the
     * inventory.
     */
    private static final String NAMES = """
            const tls = require('tls');
            const shown = (type, name) => typeof type[name] === 'function' && /^[a-z]/.test(name) ? name + '()' : name;
            for (const name of Object.keys(tls)) console.log('Module tls.' + shown(tls, name));
            const own = (table, before, prototype) => {
              for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype)))
                if (name !== 'constructor' && !name.startsWith('_'))
                  console.log(table + ' ' + before + name + (typeof property.value === 'function' ? '()' : ''));
            };
            own('Methods of TLSSocket', '', tls.TLSSocket.prototype);
            own('Methods and properties of the server', 'server.', tls.Server.prototype);
            for (const flag of process.allowedNodeEnvironmentFlags)
              if (/^--(tls-|trace-tls|use-.*-ca$)/.test(flag)) console.log('Command line and environment ' + flag);
            """;

    /** Entries of the inventory that Node.js had once, which the newest release has not. */
    private static final Set<String> REMOVED = Set.of("Module tls.createSecurePair()", "Module tls.parseCertString()");

    private static List<String> inventory() throws IOException {
        List<String> entries = new ArrayList<>();
        String table = "";
        try (InputStream in = NodeInventoryTest.class.getResourceAsStream("/node-tls-inventory.txt")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
            for (String line : text.lines().toList()) {
                if (line.startsWith("[")) {
                    table = line.substring(1, line.length() - 1);
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    entries.add(table + " " + line);
                }
            }
        }
        return entries;
    }

    private static List<String> names(NodeRelease release) {
        return release.run(NAMES).succeeded().out().lines().toList();
    }

    @Test
    void has_each_name_of_node() throws IOException {
        assertThat(inventory()).containsAll(names(Node.release()));
    }

    @Test
    void has_each_name_of_the_newest_node_and_of_its_module_no_other() throws IOException {
        List<String> names = names(NodeRelease.newest());
        assertThat(names).hasSizeGreaterThan(50);
        assertThat(inventory()).containsAll(names);
        assertThat(inventory())
                .filteredOn(entry -> entry.startsWith("Module ") && !names.contains(entry))
                .isSubsetOf(REMOVED);
    }
}
