package io.heddle.load.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class MarkupTest {
    @Test
    void text_and_attributes_are_escaped() {
        Markup markup = new Markup().element("p", "<b>&'\"", "title", "\"><script>'&");
        assertThat(markup).hasToString("<p title=\"&quot;&gt;&lt;script&gt;&#39;&amp;\">&lt;b&gt;&amp;&#39;&quot;</p>");
    }

    @Test
    void characters_that_cannot_be_seen_are_spelled_out() {
        assertThat(Markup.escaped("a\u0000\u001b[31m\u202eb\u2066\ud800\u2028é😀\n"))
                .isEqualTo("a\\u{0}\\u{1b}[31m\\u{202e}b\\u{2066}\\u{d800}\\u{2028}é😀\n");
    }

    @Test
    void what_is_open_is_not_finished() {
        Markup open = new Markup().open("p");
        assertThatIllegalStateException().isThrownBy(open::toString);
        assertThat(open.close()).hasToString("<p></p>");
    }
}
