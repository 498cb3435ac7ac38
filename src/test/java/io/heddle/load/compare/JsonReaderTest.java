package io.heddle.load.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.Gson;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a file has in it: an object comes out, or a sentence. */
class JsonReaderTest {
    private static final String EVERYTHING =
            " {\"a\": [1, -2.5e-3, 0, 1E2], \"b\": {\"c\": null, \"d\": true, \"e\": false},"
                    + " \"f\": \"x\\n\\u00e9\\\"\\\\\\/\\ud83d\\ude00\", \"\": []}\n";

    @Test
    void reads_every_kind_of_value() {
        Map<String, @Nullable Object> object = JsonReader.object(EVERYTHING);

        assertThat(object.get("a")).isEqualTo(List.of(1.0, -0.0025, 0.0, 100.0));
        assertThat(object.get("b")).hasToString("{c=null, d=true, e=false}");
        assertThat(object.get("f")).isEqualTo("x\né\"\\/😀");
        assertThat(object.get("")).isEqualTo(List.of());
        assertThat(object).isEqualTo(new Gson().fromJson(EVERYTHING, Map.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "1",
                "null",
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
                "{\"a\":1e999}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":tru}",
                "{\"a\":\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"\\u00zz\"}",
                "{\"a\":\"\\u٠٠٠٠\"}",
                "{\"a\":\"\\ud800\"}",
                "{\"a\":\"\t\"}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1} // it is",
                "\ufeff{}",
            })
    void refuses_what_is_no_object_in_json(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonReader.object(text))
                .withMessageStartingWith("at character ");
    }

    @Test
    void refuses_deep_nesting_before_the_stack_ends() {
        assertThat(JsonReader.object("{\"a\":" + "[".repeat(31) + "]".repeat(31) + "}"))
                .hasSize(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonReader.object("{\"a\":" + "[".repeat(1_000_000)))
                .withMessage("at character 36: it is nested more than 32 deep");
    }

    @Test
    void mutated_text_is_read_or_refused_with_a_sentence() {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            char[] text = EVERYTHING.toCharArray();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                text[random.nextInt(text.length)] = "{}[]\",:\\u0e-. \u0000é".charAt(random.nextInt(16));
            }
            String mutated = new String(Arrays.copyOf(text, random.nextInt(text.length + 1)));
            try {
                JsonReader.object(mutated);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).as(mutated).hasMessageStartingWith("at character ");
            }
        }
    }
}
