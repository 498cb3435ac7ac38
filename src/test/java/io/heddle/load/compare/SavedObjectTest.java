package io.heddle.load.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a file has in it: an object comes out, or a sentence. */
class SavedObjectTest {
    private static final String EVERYTHING =
            " {\"a\": [1, -2.5e-3, 0, 1E2], \"b\": {\"c\": null, \"d\": true, \"e\": 2.5},"
                    + " \"f\": \"x\\n\\u00e9\\\"\\\\\\/\\ud83d\\ude00\", \"g\": [{\"h\": 1}]}\n";

    @Test
    void gives_what_there_is() {
        SavedObject object = SavedObject.parse(EVERYTHING);
        assertThat(object.text("f")).isEqualTo("x\né\"\\/😀");
        assertThat(object.object("b").amount("e")).isEqualTo(2.5);
        assertThat(object.object("b").optionalObject("c")).isEmpty();
        assertThat(object.objects("g"))
                .singleElement()
                .satisfies(each -> assertThat(each.amount("h")).isEqualTo(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{}}",
                "{} 1",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{,}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":[1,]}",
                "{\"a\":[1 2]}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":1e}",
                "{\"a\":-}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":tru}",
                "{\"a\":\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"\t\"}",
                "{\"a\":1} // it is"
            })
    void refuses_what_is_no_json(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SavedObject.parse(text))
                .withMessageStartingWith("it is not JSON: ")
                .withMessageNotContaining("http");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "[]", "1", "null", "\"{}\""})
    void refuses_what_is_no_object(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SavedObject.parse(text))
                .withMessage("an object is needed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"b\":{\"n\":-1}}    | b.n: a number that is not negative is needed",
                "{\"b\":{\"n\":1e999}} | b.n: a number that is not negative is needed",
                "{\"b\":{\"n\":\"1\"}} | b.n: a number that is not negative is needed",
                "{\"b\":{}}            | b.n: a number that is not negative is needed",
                "{\"b\":null}          | b: an object is needed",
                "{}                    | b: an object is needed",
            })
    void names_what_is_missing(String text, String sentence) {
        SavedObject object = SavedObject.parse(text);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> object.object("b").amount("n"))
                .withMessage(sentence);
    }

    @Test
    void refuses_deep_nesting_before_the_stack_ends() {
        assertThat(SavedObject.parse("{\"a\":" + "[".repeat(31) + "]".repeat(31) + "}")
                        .json()
                        .size())
                .isOne();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SavedObject.parse("{\"a\":" + "[".repeat(1_000_000)))
                .withMessageContaining("32");
    }

    @Test
    void mutated_text_is_read_or_refused_with_a_sentence() {
        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            char[] text = EVERYTHING.toCharArray();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                text[random.nextInt(text.length)] = "{}[]\",:\\u0e-. \u0000é".charAt(random.nextInt(16));
            }
            String mutated = new String(Arrays.copyOf(text, random.nextInt(text.length + 1)));
            try {
                SavedObject.parse(mutated);
            } catch (IllegalArgumentException e) {
                refused++;
                assertThat(e).as(mutated).hasMessageMatching("(?s)(it is not JSON: |an object is needed).*");
            }
        }
        assertThat(refused).isBetween(15_000, 19_999);
    }
}
