package io.heddle.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.ConnectOptions;
import io.heddle.failure.InvalidOption;
import io.heddle.load.LoadOptions.ResumeWith;
import io.heddle.protocol.TlsVersion;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class LoadOptionsTest {
    private static final ConnectOptions TARGET = target(options -> {});

    private static ConnectOptions target(Consumer<ConnectOptions.Builder> options) {
        ConnectOptions.Builder builder =
                ConnectOptions.builder().host("localhost").port(1);
        options.accept(builder);
        return builder.build();
    }

    private static void refused(String message, Consumer<LoadOptions.Builder> options) {
        assertThatThrownBy(() -> {
                    LoadOptions.Builder builder = LoadOptions.builder(TARGET);
                    options.accept(builder);
                    builder.build();
                })
                .isInstanceOf(InvalidOption.class)
                .hasMessage(message);
    }

    @Test
    void has_defaults() {
        LoadOptions options = LoadOptions.builder(TARGET).build();
        assertThat(options.mode()).isEqualTo(LoadOptions.Mode.HANDSHAKE);
        assertThat(options.connections()).isEqualTo(100);
        assertThat(options.duration()).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.warmup()).isZero();
        assertThat(options.resume()).isZero();
        assertThat(options.rate()).isEmpty();
        assertThat(options.limit()).isEmpty();
        assertThat(options.targets()).containsExactly(new LoadOptions.Target("localhost:1", TARGET));
    }

    @Test
    void refuses_what_contradicts_itself() {
        refused("requests: the mode is HANDSHAKE", options -> options.requests(5));
        refused(
                "handshakes: the mode is REQUEST",
                options -> options.mode(LoadOptions.Mode.REQUEST).handshakes(5));
        refused(
                "http: the mode is STREAM, REQUEST is needed",
                options -> options.mode(LoadOptions.Mode.STREAM).http("/"));
        refused(
                "direction: the mode is HANDSHAKE, STREAM is needed",
                options -> options.direction(LoadOptions.Direction.SEND));
        refused(
                "rate: a stream has none",
                options -> options.mode(LoadOptions.Mode.STREAM).rate(5));
        refused("size: handshakes have none", options -> options.size(5));
        refused(
                "size: the server decides it over HTTP",
                options -> options.mode(LoadOptions.Mode.REQUEST).http("/").size(5));
        refused("target: two have the same name", options -> options.target("localhost:1", TARGET));
        refused(
                "connections: 1 are too few for 2 targets, each needs one",
                options -> options.target("other", TARGET).connections(1));
    }

    @Test
    void refuses_what_is_out_of_range() {
        refused("connections: 0 was given, 1 to 1000000 are allowed", options -> options.connections(0));
        refused("rate: 0.0 was given, more than 0 and at most 10000000 are allowed", options -> options.rate(0));
        refused(
                "rate: NaN was given, more than 0 and at most 10000000 are allowed",
                options -> options.rate(Double.NaN));
        refused("resume: 1.5 was given, 0 to 1 is allowed", options -> options.resume(1.5));
        refused("resume: NaN was given, 0 to 1 is allowed", options -> options.resume(Double.NaN));
        refused("duration: PT0S was given, more than 0 is allowed", options -> options.duration(Duration.ZERO));
        refused("warmup: PT-1S was given, 0 or more are allowed", options -> options.warmup(Duration.ofSeconds(-1)));
        refused(
                "http: a path that begins with / and has printable ASCII only is needed",
                options -> options.http("/a b"));
        assertThatThrownBy(() -> LoadOptions.builder().build())
                .isInstanceOf(InvalidOption.class)
                .hasMessage("target: none was given");
        assertThatThrownBy(() ->
                        LoadOptions.builder(ConnectOptions.builder().build()).build())
                .isInstanceOf(InvalidOption.class)
                .hasMessage("target localhost:0: a host and a port are needed");
    }

    @Test
    void ids_take_a_version_that_has_them() {
        LoadOptions options =
                LoadOptions.builder(TARGET).resumeWith(ResumeWith.ID).build();
        assertThat(options.targets().getFirst().options().context().versions()).containsExactly(TlsVersion.TLS_1_2);
        assertThatThrownBy(() -> LoadOptions.builder(target(each -> each.minVersion(TlsVersion.TLS_1_3)))
                        .resumeWith(ResumeWith.ID)
                        .build())
                .isInstanceOf(InvalidOption.class)
                .hasMessageStartingWith("resumeWith: sessions resume by id up to TLS 1.2, target localhost:1 speaks");
    }

    @Test
    void more_connections_than_the_machine_has_files_or_ports_for_are_refused() throws Exception {
        LoadOptions options = LoadOptions.builder(TARGET).connections(2000).build();
        assertThatThrownBy(() -> new SystemLimits(1024, 30, 1, 60_000).check(options))
                .isInstanceOf(InvalidOption.class)
                .hasMessage(
                        "connections: 2000 need as many file descriptors, this process may open 1024, has 30 open and keeps 50 in "
                                + "reserve; raise the limit (ulimit -n) or take fewer");
        var few = new SystemLimits(20_000, 30, 32_000, 32_999);
        assertThatThrownBy(() -> few.check(options))
                .isInstanceOf(InvalidOption.class)
                .hasMessage(
                        "connections: 2000 need as many local ports, the system has 1000 (net.ipv4.ip_local_port_range "
                                + "32000 32999) for each of 1 local address(es); give more local addresses or take fewer");
        few.check(LoadOptions.builder(TARGET)
                .connections(2000)
                .localAddresses(List.of(InetAddress.getByName("127.0.0.1"), InetAddress.getByName("127.0.0.2")))
                .build());
        assertThat(SystemLimits.ofThisMachine().openFiles()).isPositive();
    }

    @Test
    void a_small_limit_of_files_leaves_room_for_a_few_connections() {
        var small = new SystemLimits(64, 12, 1, 60_000);
        small.check(LoadOptions.builder(TARGET).connections(36).build());
        assertThatThrownBy(() ->
                        small.check(LoadOptions.builder(TARGET).connections(37).build()))
                .isInstanceOf(InvalidOption.class)
                .hasMessage("connections: 37 need as many file descriptors, this process may open 64, has 12 open and "
                        + "keeps 16 in reserve; raise the limit (ulimit -n) or take fewer");
    }
}
