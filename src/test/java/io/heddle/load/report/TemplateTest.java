package io.heddle.load.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TemplateTest {
    @Test
    void a_text_is_escaped_and_markup_is_not() {
        Template template = Template.parse("<p title=\"{{text}}\">{{{markup}}}</p>{{! no output }}");
        assertThat(template.fill(Map.of("text", "\"><b>{{markup}}", "markup", new Markup().element("b", "&"))))
                .hasToString("<p title=\"&quot;&gt;&lt;b&gt;{{markup}}\"><b>&amp;</b></p>");
    }

    @Test
    void a_text_in_the_place_of_markup_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Template.parse("{{{x}}}").fill(Map.of("x", "<b>")))
                .withMessage("template: x is class java.lang.String");
    }

    @Test
    void a_section_is_repeated_for_each_element_and_sees_the_names_around_it() {
        Template template = Template.parse("{{#rows}}\n{{name}}:{{#cells}} {{.}}{{unit}}{{/cells}}\n{{/rows}}\nend");
        assertThat(template.fill(Map.of(
                        "unit",
                        "s",
                        "rows",
                        List.of(
                                Map.of("name", "a", "cells", List.of("1", "2")),
                                Map.of("name", "b", "cells", List.of())))))
                .hasToString("a: 1s 2s\nb:\nend");
    }

    @Test
    void a_section_depends_on_a_condition_or_an_optional() {
        Template template = Template.parse("{{#x}}yes {{.}}{{/x}}{{^x}}no{{/x}}");
        assertThat(template.fill(Map.of("x", Optional.of("1")))).hasToString("yes 1");
        assertThat(template.fill(Map.of("x", Optional.empty()))).hasToString("no");
        assertThat(template.fill(Map.of("x", true))).hasToString("yes true");
        assertThat(template.fill(Map.of("x", false))).hasToString("no");
    }

    @Test
    void a_missing_value_and_a_section_without_end_are_errors() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Template.parse("{{x}}").fill(Map.of()))
                .withMessage("template: there is no value for x");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Template.parse("{{#x}}{{/y}}"))
                .withMessage("template: section x ends with y");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Template.parse("{{#x}}"))
                .withMessage("template: section x ends with null");
    }
}
