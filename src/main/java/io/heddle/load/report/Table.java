package io.heddle.load.report;

import java.util.List;

/** Writes a table: a caption, a head, and rows whose first cell names them. It scrolls by itself where it is too wide for the page. */
final class Table {
    private final Markup out;

    private Table(Markup out) {
        this.out = out;
    }

    /** Begins one. {@link #end} ends it. */
    static Table begin(Markup out, String caption, String... head) {
        // A box that scrolls has to be reachable by keyboard.
        out.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", caption)
                .open("table")
                .element("caption", caption)
                .open("thead")
                .open("tr");
        for (String each : head) {
            out.element("th", each, "scope", "col");
        }
        out.close().close().open("tbody").line();
        return new Table(out);
    }

    /** Adds a row of numbers behind its name. */
    Table row(String name, List<String> cells) {
        out.open("tr").element("th", name, "scope", "row");
        cells.forEach(each -> out.element("td", each));
        out.close().line();
        return this;
    }

    /** Adds a row of numbers behind its name, which a sentence explains. */
    Table row(String name, String sentence, List<String> cells) {
        out.open("tr").open("th", "scope", "row").text(name).element("span", sentence, "class", "note");
        out.close();
        cells.forEach(each -> out.element("td", each));
        out.close().line();
        return this;
    }

    void end() {
        out.close().close().close().line();
    }
}
