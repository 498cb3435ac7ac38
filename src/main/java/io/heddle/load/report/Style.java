package io.heddle.load.report;

/**
 * The style of the page. The colours of the lines are Okabe's and Ito's, which people tell apart whatever their eyes, and lighter
 * ones of the same hues in the dark; each line has a dash of its own as well, for paper without colours.
 */
final class Style {
    static final String CSS = """

            :root {
              color-scheme: light dark;
              --page: #fff; --ink: #1b1f24; --soft: #57606a; --rule: #d0d7de; --box: #f6f8fa;
              --full: #0072b2; --resumed: #c04f00; --request: #00795a; --failed: #a0447c; --processor: #57606a;
              --fine: #00795a; --doubtful: #9a5b00; --bad: #b3261e;
            }
            @media screen and (prefers-color-scheme: dark) {
              :root {
                --page: #14181d; --ink: #e6e9ed; --soft: #a3acb8; --rule: #3a424d; --box: #1e242b;
                --full: #56b4e9; --resumed: #f0a13a; --request: #2cc79b; --failed: #e08bc0; --processor: #a3acb8;
                --fine: #2cc79b; --doubtful: #f0a13a; --bad: #ff8a80;
              }
            }
            * { box-sizing: border-box; }
            body {
              margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 76rem;
              background: var(--page); color: var(--ink);
              font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
              overflow-wrap: anywhere;
            }
            h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
            h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 1px solid var(--rule); }
            h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
            p { margin: .5rem 0; max-width: 70ch; }
            .verdict { border-left: .4rem solid var(--fine); background: var(--box); padding: .8rem 1rem; font-size: 1.1rem; }
            .verdict.doubtful { border-color: var(--doubtful); }
            .verdict.failed { border-color: var(--bad); }
            .verdict p { max-width: none; margin: 0; }
            .verdict ul { margin: .6rem 0 0; padding-left: 1.2rem; font-size: 1rem; }
            .bottleneck { font-weight: 700; }
            .note, caption, .facts dt { color: var(--soft); }
            .note { font-size: .92em; }
            pre { margin: .8rem 0; padding: .7rem 1rem; background: var(--box); border: 1px solid var(--rule); white-space: pre-wrap; font-size: .9rem; }
            .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: .6rem 1.2rem; margin: 1rem 0; }
            .facts dd { margin: 0; font-weight: 600; }
            .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 1rem 2rem; align-items: start; }
            .pair > * { min-width: 0; }
            figure { margin: 0; max-width: 46rem; }
            figcaption { font-weight: 600; }
            .scroll { overflow-x: auto; margin: .6rem 0; }
            .scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--full); outline-offset: 2px; }
            table { border-collapse: collapse; min-width: min(100%, 36rem); font-size: .92rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
            caption { text-align: left; padding-bottom: .2rem; }
            th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--rule); text-align: right; vertical-align: top; white-space: nowrap; }
            thead th { vertical-align: bottom; white-space: normal; }
            th:first-child { text-align: left; font-weight: 600; padding-left: 0; white-space: normal; overflow-wrap: anywhere; min-width: min(12rem, 30vw); }
            th .note { display: block; font-weight: 400; max-width: 70ch; }
            summary { cursor: pointer; color: var(--soft); margin: .4rem 0; }
            svg.chart { display: block; width: 100%; height: auto; }
            svg text { fill: var(--ink); font-size: 13px; }
            svg .mark, svg .axis { fill: var(--soft); }
            svg .x { text-anchor: middle; }
            svg .y { text-anchor: end; }
            svg .grid { stroke: var(--rule); stroke-width: 1; fill: none; }
            svg .line { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
            svg .full { stroke: var(--full); }
            svg .resumed { stroke: var(--resumed); stroke-dasharray: 8 3; }
            svg .request { stroke: var(--request); stroke-dasharray: 2.5 2.5; }
            svg .failed { stroke: var(--failed); stroke-dasharray: 9 3 2 3; }
            svg .processor { stroke: var(--processor); }
            svg .dot { stroke: none; }
            svg .dot.full { fill: var(--full); }
            svg .dot.resumed { fill: var(--resumed); }
            svg .dot.request { fill: var(--request); }
            svg .dot.failed { fill: var(--failed); }
            svg .dot.processor { fill: var(--processor); }
            footer { margin-top: 3rem; color: var(--soft); font-size: .9rem; }
            @media screen and (max-width: 40rem) {
              body { padding: 1rem .8rem 2rem; }
              h1 { font-size: 1.3rem; }
              svg text { font-size: 18px; }
              svg .line { stroke-width: 3; }
              table { font-size: .85rem; }
              th, td { padding: .25rem .35rem; }
              table { width: 100%; }
            }
            @media print {
              @page { margin: 14mm; }
              :root { color-scheme: light; }
              body { padding: 0; max-width: none; font-size: 10pt; }
              .pair { grid-template-columns: 1fr 1fr; }
              .scroll { overflow: visible; }
              table { font-size: 8.5pt; }
              th, td { padding: .12rem .35rem; }
              thead th { white-space: normal; }
              thead { display: table-header-group; }
              tr, figure, .verdict { break-inside: avoid; }
              h2, h3, caption { break-after: avoid; }
              .verdict, pre { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
              summary { list-style: none; color: var(--ink); font-weight: 600; }
              details::details-content { content-visibility: visible; height: auto; }
            }
            """;

    private Style() {}
}
