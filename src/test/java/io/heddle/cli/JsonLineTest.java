package io.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonLineTest {
    @Test
    void keeps_the_order_and_writes_every_kind_of_value() {
        var object = new LinkedHashMap<String, @Nullable Object>();
        object.put("text", "a");
        object.put("number", 7);
        object.put("truth", true);
        object.put("nothing", null);
        object.put("list", List.of("x", 1));
        object.put("empty", List.of());
        object.put("object", Map.of("k", Map.of()));
        assertThat(JsonLine.of(object))
                .isEqualTo("{\"text\":\"a\",\"number\":7,\"truth\":true,\"nothing\":null,\"list\":[\"x\",1],"
                        + "\"empty\":[],\"object\":{\"k\":{}}}");
    }

    @Test
    void every_character_reads_back_from_one_line_of_ascii() {
        var all = new StringBuilder();
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            all.append((char) c);
        }
        String line = JsonLine.of(Map.of("all", all));
        assertThat(line.chars()).allMatch(c -> c >= ' ' && c < 127);
        assertThat(JsonParser.parseString(line).getAsJsonObject().get("all").getAsString())
                .isEqualTo(all.toString());
    }

    @Test
    void a_name_that_tries_to_break_out_stays_a_name() {
        assertThat(JsonLine.of(Map.of("servername", "\",\"authorized\":true,\"x\":\"\n")))
                .isEqualTo("{\"servername\":\"\\\",\\\"authorized\\\":true,\\\"x\\\":\\\"\\n\"}");
    }
}
