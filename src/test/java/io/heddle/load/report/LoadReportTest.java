package io.heddle.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.load.SampleResults;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class LoadReportTest {
    @Test
    void the_verdict_and_the_command_come_first() {
        String html = LoadReport.of(SampleResults.busy())
                .command("heddle load localhost:8443 --resume 0.5")
                .html();
        assertThat(html)
                .containsSubsequence(
                        "<body>",
                        "In 12.0 s 7,200 handshakes, 600 a second: 3,600 full and 3,600 resumed; 12 failed, 9 of them with "
                                + "ECONNRESET.",
                        "The client was the bottleneck: it used 95 %",
                        "heddle load localhost:8443 --resume 0.5",
                        "<h2>Rate</h2>",
                        "<h2>Latency</h2>",
                        "<h2>By target</h2>",
                        "one.example.test",
                        "<h2>Failures</h2>",
                        "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
                        "<h2>Negotiated</h2>",
                        "X25519MLKEM768",
                        "<h2>Bytes</h2>",
                        "<p class=\"bottleneck\">The client was the bottleneck.</p>");
    }

    @Test
    void nothing_is_loaded_from_anywhere() {
        String html = LoadReport.of(SampleResults.busy()).html();
        assertThat(html)
                .contains("default-src &#39;none&#39;;")
                .doesNotContain("http:", "https:", "<script", "<img", "url(", "@import", "src=");
    }

    @Test
    void what_a_server_or_a_user_wrote_stays_text() {
        String evil = "</title></code><script>alert(1)</script><img src=x onerror=\"alert(1)\"> ' \u202e";
        String html = LoadReport.of(SampleResults.named(evil, evil, evil))
                .command(evil)
                .html();
        assertThat(html).doesNotContain("<script", "<img", "\u202e");
        // The command, the remark, and of all and of both targets the name, the failure and the protocol.
        assertThat(Pattern.compile("&lt;script&gt;").matcher(html).results().count())
                .isGreaterThanOrEqualTo(7);
        assertThat(Pattern.compile("</title>").matcher(html).results().count()).isEqualTo(5);
    }

    @Test
    void without_success_there_are_no_latencies_and_no_charts() {
        String html = LoadReport.of(SampleResults.refused("ECONNREFUSED", "Connection refused"))
                .html();
        assertThat(html)
                .contains("Nothing succeeded: 40 failed with ECONNREFUSED.", "class=\"verdict failed\"")
                .contains("Nothing succeeded, so there are no latencies.", "There is nothing to draw.")
                .doesNotContain("<svg", "99.9");
    }

    @Test
    void one_target_alone_is_not_told_apart() {
        String html = LoadReport.of(SampleResults.calm(1)).html();
        assertThat(html)
                .contains("class=\"verdict fine\"", "The client was not the bottleneck.", "Nothing failed.")
                .doesNotContain("By target");
    }

    @Test
    void every_chart_has_a_title_a_description_and_its_numbers() {
        String html = LoadReport.of(SampleResults.busy()).html();
        for (String chart : new String[] {"rate", "percentiles", "distribution", "processors"}) {
            assertThat(html)
                    .contains("aria-labelledby=\"%1$s-title %1$s-desc\"".formatted(chart))
                    .contains("<title id=\"%s-title\">".formatted(chart), "<desc id=\"%s-desc\">".formatted(chart));
        }
        assertThat(html)
                .contains("<caption>Rate over time</caption>", "<caption>Latencies</caption>")
                .contains("<caption>Distribution of latencies</caption>");
    }

    @Test
    void the_picture_has_the_charts_in_it() throws IOException {
        BufferedImage picture = ImageIO.read(
                new ByteArrayInputStream(LoadReport.of(SampleResults.busy()).png()));
        assertThat(picture.getWidth()).isEqualTo(1800);
        assertThat(picture.getHeight()).isEqualTo(1848);
        assertThat(pixels(picture, 0x0072b2)).isGreaterThan(2_000);
        assertThat(pixels(picture, 0xc04f00)).isGreaterThan(2_000);
    }

    @Test
    void the_picture_of_nothing_has_no_lines() throws IOException {
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(
                LoadReport.of(SampleResults.refused("ECONNREFUSED", "refused")).png()));
        assertThat(pixels(picture, 0x0072b2)).isZero();
    }

    private static long pixels(BufferedImage picture, int color) {
        int[] all = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        return Arrays.stream(all).filter(each -> (each & 0xffffff) == color).count();
    }
}
