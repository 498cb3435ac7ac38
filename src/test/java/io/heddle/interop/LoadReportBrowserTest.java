package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ConnectOptions;
import io.heddle.TlsServer;
import io.heddle.certificate.TestPki;
import io.heddle.load.Load;
import io.heddle.load.LoadOptions;
import io.heddle.load.LoadResult;
import io.heddle.load.LoadServer;
import io.heddle.load.SampleResults;
import io.heddle.load.report.LoadReport;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The report of a load run in headless Chromium. */
@Tag("interop")
class LoadReportBrowserTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int DESKTOP = 1280;
    private static final int PHONE = 375;

    @TempDir
    private Path folder;

    @Test
    void shows_charts_and_tables_of_a_real_run() throws Exception {
        String dom =
                dom(LoadReport.of(run()).command("heddle load localhost:8443").html(), DESKTOP);

        assertThat(count("<svg ", dom)).isEqualTo(4);
        List<String> charts = Pattern.compile("<svg .*?</svg>", Pattern.DOTALL)
                .matcher(dom)
                .results()
                .map(match -> match.group())
                .toList();
        assertThat(charts).allSatisfy(chart -> {
            assertThat(count("<title ", chart)).isEqualTo(1);
            assertThat(count("<desc ", chart)).isEqualTo(1);
            assertThat(count("class=\"grid\"", chart)).isGreaterThan(4);
            assertThat(count("class=\"mark ", chart)).isGreaterThan(4);
        });
        // Each line appears twice: in the legend and in the chart.
        assertThat(charts.get(0))
                .satisfies(rate -> assertThat(count("class=\"line ", rate)).isEqualTo(4));
        assertThat(charts.get(1))
                .satisfies(percentiles ->
                        assertThat(count("class=\"line ", percentiles)).isEqualTo(4));
        assertThat(charts.get(3))
                .satisfies(processors ->
                        assertThat(count("class=\"line ", processors)).isEqualTo(2));
        assertThat(count("<tr>", dom)).isGreaterThan(30);
        assertThat(dom).contains("400 handshakes", "200 full and 200 resumed", "TLS_AES_");
    }

    @Test
    void contains_no_external_reference() throws Exception {
        String dom = dom(LoadReport.of(SampleResults.busy()).html(), DESKTOP);
        assertThat(dom).doesNotContainPattern("(?i)https?:|src=|url\\(|@import|<script|<iframe|<object");
        assertThat(count("href=", dom)).isEqualTo(1);
        assertThat(dom).contains("href=\"data:,\"");
    }

    @Test
    void text_from_a_server_creates_no_elements() throws Exception {
        String evil = "</style></svg></title><script>document.title='taken'</script><img src=x><b>";
        String dom = dom(
                LoadReport.of(SampleResults.named(evil, evil, evil))
                        .command(evil)
                        .html(),
                DESKTOP);
        assertThat(dom).doesNotContain("<img", "<b>", "<script", "<title>taken");
        assertThat(count("<svg ", dom)).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {DESKTOP, PHONE})
    void it_is_never_wider_than_the_screen(int width) throws Exception {
        String html = LoadReport.of(SampleResults.busy())
                .command("heddle load " + "x".repeat(500))
                .html();
        assertThat(widthWithin(html, width)).isEqualTo(width);
    }

    @Test
    void content_wider_than_the_screen_is_detected() throws Exception {
        assertThat(widthWithin("<p style=\"width: 600px\">wide", PHONE)).isGreaterThan(PHONE);
    }

    @Test
    void it_follows_the_preferred_color_scheme() throws Exception {
        String html = LoadReport.of(SampleResults.busy()).html();
        BufferedImage light = screenshot(html, "light.png");
        BufferedImage dark = screenshot(html, "dark.png", "--force-dark-mode");
        assertThat(pixels(light, 0xffffff)).isGreaterThan(500_000);
        assertThat(pixels(light, 0x0072b2)).isGreaterThan(300);
        assertThat(pixels(light, 0xc04f00)).isGreaterThan(100);
        assertThat(pixels(dark, 0xffffff)).isZero();
        assertThat(pixels(dark, 0x14181d)).isGreaterThan(500_000);
        assertThat(pixels(dark, 0x56b4e9)).isGreaterThan(300);
        assertThat(pixels(dark, 0xf0a13a)).isGreaterThan(100);
    }

    private static LoadResult run() throws Exception {
        try (TlsServer server = LoadServer.echo("localhost")) {
            ConnectOptions target = ConnectOptions.builder()
                    .host("localhost")
                    .port(server.port())
                    .ca(TestPki.pem(TestPki.ca().chain()))
                    .build();
            return Load.run(LoadOptions.builder(target)
                    .connections(10)
                    .handshakes(400)
                    .resume(0.5)
                    .build());
        }
    }

    /** Returns the width of the page in a frame: a window has a minimum width, a frame does not. */
    private int widthWithin(String html, int width) throws IOException {
        String frame = """
                <!DOCTYPE html><html><body><iframe style="width: %dpx; height: 20000px; border: 0" srcdoc="%s" onload="
                document.documentElement.setAttribute('data-width', this.contentDocument.documentElement.scrollWidth)">
                </iframe></body></html>
                """.formatted(width, html.replace("&", "&amp;").replace("\"", "&quot;"));
        Matcher measured = Pattern.compile("data-width=\"(\\d+)\"").matcher(dom(frame, DESKTOP));
        assertThat(measured.find()).isTrue();
        return Integer.parseInt(measured.group(1));
    }

    private String dom(String html, int width) throws IOException {
        return chromium(html, "--window-size=%d,900".formatted(width), "--dump-dom");
    }

    private BufferedImage screenshot(String html, String name, String... more) throws IOException {
        Path picture = folder.resolve(name);
        List<String> options = new ArrayList<>(List.of(more));
        options.addAll(List.of("--window-size=1280,1200", "--hide-scrollbars", "--screenshot=" + picture));
        chromium(html, options.toArray(String[]::new));
        return ImageIO.read(picture.toFile());
    }

    private String chromium(String html, String... options) throws IOException {
        Path page = Files.writeString(Files.createTempFile(folder, "report", ".html"), html);
        List<String> command = new ArrayList<>(List.of(
                Programs.find("chromium"),
                "--headless",
                // In a container Chromium runs as root, which its sandbox refuses; the page is our own.
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--user-data-dir=" + Files.createTempDirectory(folder, "chromium")));
        command.addAll(List.of(options));
        command.add(page.toUri().toString());
        try (RunningProgram browser = RunningProgram.start(command)) {
            ProgramResult finished = browser.awaitEnd(PATIENCE);
            assertThat(finished.exitCode()).as(finished.err()).isZero();
            return finished.out();
        }
    }

    private static long count(String what, String text) {
        return Pattern.compile(what, Pattern.LITERAL).matcher(text).results().count();
    }

    private static long pixels(BufferedImage picture, int color) {
        int[] all = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        return Arrays.stream(all).filter(match -> (match & 0xffffff) == color).count();
    }
}
