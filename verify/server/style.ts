/** The style sheet of the page: system fonts, hairlines instead of boxes, one column on a phone, light and dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf8; --ink: #1b1d20; --quiet: #5e6268; --line: #dfdcd6; --wash: #f1efea;
  --new: #0d6580; --old: #8b8f95; --good: #1b7048; --bad: #b3261e; --bad-wash: #fbeeec; --warn: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131517; --ink: #e9e7e3; --quiet: #a4a8ad; --line: #30343a; --wash: #1c1f23;
    --new: #69c1de; --old: #7f858c; --good: #66cf9a; --bad: #ff8d82; --bad-wash: #321e1d; --warn: #e3b15c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 70rem; padding: 0 clamp(1rem, 4vw, 2.5rem) 4rem; background: var(--ground); color: var(--ink);
  font: 0.9375rem/1.55 -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word; -webkit-text-size-adjust: 100%;
}
h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; }
ul, ol { padding: 0; list-style: none; }
h1, h2, h3 { font-size: 1rem; font-weight: 600; line-height: 1.4; }
small, caption, figcaption, .axis, .note, thead th, svg text, footer, .now { font-size: 0.8125rem; color: var(--quiet); }
a { color: var(--new); text-underline-offset: 0.2em; }
h2, code, .notice, .pairs dd, .decisions td { overflow-wrap: anywhere; }
code { font: 0.875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
:focus-visible { outline: 2px solid var(--new); outline-offset: 2px; border-radius: 2px; }

header { display: flex; flex-wrap: wrap; gap: 0.25rem 2rem; align-items: center; padding: 1.25rem 0; }
h1 { display: flex; gap: 0.6rem; align-items: center; }
h1 svg { width: 1.9rem; height: 1.2rem; }
.now { margin-left: auto; }
#connection:not(:empty)::before {
  content: ""; display: inline-block; width: 0.5rem; height: 0.5rem; border-radius: 50%; margin-right: 0.4rem; background: var(--good);
}
.stale .now {
  position: sticky; top: 0; z-index: 1; padding: 0.4rem 0.75rem; border: 1px solid var(--bad);
  background: var(--bad-wash); color: var(--bad); border-radius: 4px;
}
.stale #connection::before { background: var(--bad); }

article { border-top: 2px solid var(--ink); padding-top: 1rem; margin-bottom: 4rem; }
.card { border-top: 1px solid var(--line); padding: 0; margin: 0; }
.card > details { margin: 0; } .card > details[open] { margin-bottom: 4rem; } .card > details > summary { padding: 0.55rem 0; color: var(--quiet); }
.card h2 { display: inline-block; width: 13rem; max-width: 85%; vertical-align: top; color: var(--ink); margin-right: 1rem; }
.card summary > span::before {
  content: ""; display: inline-block; width: 0.6rem; height: 0.6rem; border-radius: 50%; margin-right: 0.6rem; border: 2px solid var(--old); vertical-align: -0.05em;
}
.card summary > .good::before { border-color: var(--good); background: var(--good); }
.card summary > .bad::before { border-color: var(--bad); background: var(--bad); }
.card summary > .bad { color: var(--bad); }
.turn, .diffs li:not(:first-child) thead span {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.verdict { padding: 0.35rem 0 2rem; max-width: 46rem; }
.verdict p { color: var(--quiet); font-size: 1.0625rem; }
.verdict .line { font-size: clamp(1.6rem, 5.2vw, 2.75rem); line-height: 1.12; font-weight: 600; letter-spacing: -0.022em; margin-bottom: 0.6rem; color: var(--ink); text-wrap: balance; }
.verdict .unclaimed { color: var(--warn); }
.verdict.good .line { color: var(--good); }
.verdict.bad .line { color: var(--bad); }

section { border-top: 1px solid var(--line); padding: 1.35rem 0 1.6rem; }
section > div { min-width: 0; }
.columns { display: grid; gap: 1.75rem 3rem; align-items: start; }
@media (min-width: 56rem) {
  section { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: 0 1.5rem; }
  .columns { grid-template-columns: repeat(2, minmax(0, 1fr)); }
}
@media (max-width: 55.99rem) { h3 { margin-bottom: 0.75rem; } }

.rail { display: flex; margin: 0.15rem 0 1rem; }
.rail li { flex: 1; position: relative; padding-top: 1.35rem; color: var(--quiet); }
.rail li::before {
  content: ""; position: absolute; top: 0.1rem; left: 0; width: 0.8rem; height: 0.8rem; z-index: 1;
  border: 2px solid var(--old); border-radius: 50%; background: var(--ground);
}
.rail li::after { content: ""; position: absolute; top: calc(0.5rem - 1px); left: 0.8rem; right: 0; height: 2px; background: var(--line); }
.rail li:last-child { flex: none; }
.rail li:last-child::after { display: none; }
.rail .past::before, .rail .current::before { border-color: var(--new); background: var(--new); }
.rail .past::after { background: var(--new); }
.rail .current { color: var(--ink); font-weight: 600; }
.rail .current::before { box-shadow: 0 0 0 3px var(--ground), 0 0 0 5px var(--new); }
.moves { margin-top: 0.15rem; color: var(--quiet); }
.moves strong { color: var(--ink); font-weight: 600; }
.pairs { display: grid; grid-template-columns: auto 1fr; gap: 0.15rem 1.25rem; margin-top: 0.9rem; }
.pairs dt { color: var(--quiet); }
progress { accent-color: var(--new); width: 9rem; height: 0.6rem; vertical-align: baseline; }

.pass { color: var(--good); } .hold { color: var(--warn); } .fail { color: var(--bad); }
.conditions { margin-top: 0.6rem; } .conditions th { font-weight: 600; width: 6rem; } .conditions td:nth-child(2) { width: 4rem; }
.decisions { margin-top: 1.25rem; } .decisions th { width: 11rem; color: var(--quiet); } .decisions small { display: block; }
.verdict .gate { margin-top: 0.4rem; } .verdict .gate strong { color: var(--ink); font-weight: 600; }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 9.5rem), 1fr)); gap: 1.1rem 1.5rem; margin-bottom: 1.75rem; }
.figures dt { font-size: 0.8125rem; color: var(--quiet); }
.figures dd:not(.note) { font-size: clamp(1.1875rem, 4.2vw, 1.4375rem); white-space: nowrap; line-height: 1.35; font-weight: 600; letter-spacing: -0.01em; }
dd.bad, tr.bad:not(.zero) th, tr.bad:not(.zero) td { color: var(--bad); }
tr.warn:not(.zero) th, tr.warn:not(.zero) td { color: var(--warn); }

figure { min-width: 0; }
figure + p { margin-top: 1rem; }
figcaption { display: flex; flex-wrap: wrap; gap: 0 1.1rem; margin-bottom: 0.5rem; }
figcaption strong { flex-basis: 100%; font-weight: 600; font-size: 0.9375rem; color: var(--ink); }
.key::before { content: ""; display: inline-block; width: 0.8rem; height: 0.55rem; margin-right: 0.4rem; }
.key.upper::before { background: none; border-top: 2.5px solid var(--new); height: 0.3rem; }
.key.found::before { background: none; border-top: 2.5px solid var(--bad); height: 0.3rem; }
.key.threshold::before { background: none; border-top: 2px dashed var(--quiet); height: 0.3rem; }
.key.change::before { width: 0; height: 0.75rem; margin-inline: 0.35rem 0.55rem; border-left: 1.5px dotted var(--ink); vertical-align: -0.1rem; }
figure svg { display: block; width: 100%; overflow: hidden; }
.plot { display: grid; grid-template-columns: 4rem minmax(0, 1fr); gap: 0 0.75rem; padding-top: 0.5rem; }
.plot .axis { grid-column: 2; }
.rate-chart, .scale { height: 13rem; }
.rate-chart { border-bottom: 1px solid var(--quiet); }
.plot .scale { overflow: visible; text-anchor: end; }
.rate-chart .grid { stroke: var(--line); }
.rate-chart line.threshold { stroke: var(--quiet); stroke-width: 1.5; stroke-dasharray: 5 4; }
.changes line { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 1.5 3; } .changes .near { stroke: transparent; stroke-width: 12; stroke-dasharray: none; }
ol.changes { display: flex; flex-wrap: wrap; gap: 0 1.1rem; margin: 0.4rem 0 0 4.75rem; } .changes time { color: var(--ink); }
svg text { fill: var(--quiet); font-size: 0.75rem; }
path.upper, path.found { fill: none; stroke: var(--new); stroke-width: 2.25; stroke-linejoin: round; }
path.found { stroke: var(--bad); }
path.under { fill: var(--new); opacity: 0.09; }
.bars { height: 6.5rem; border-bottom: 1px solid var(--quiet); }
.axis { display: flex; justify-content: space-between; gap: 1rem; margin-top: 0.2rem; }
.reads, .new { fill: var(--new); } .key.reads::before, .key.new::before { background: var(--new); }
.writes { fill: var(--warn); } .key.writes::before { background: var(--warn); }
.compared, .old { fill: var(--old); } .key.compared::before, .key.old::before { background: var(--old); }
path.diffs { fill: var(--bad); } .key.diffs::before { background: var(--bad); }

table { width: 100%; border-collapse: collapse; }
caption { text-align: left; padding-bottom: 0.35rem; }
th, td { text-align: left; vertical-align: baseline; padding: 0.3rem 1rem 0.3rem 0; border-top: 1px solid var(--line); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th, thead td { border-top: 0; padding-top: 0; }
.number { text-align: right; white-space: nowrap; }
.hot-keys .number { white-space: normal; }
.counts th { font-weight: 600; }
.counts small { font-weight: 400; margin-left: 0.35rem; }
.counts .part th { padding-left: 1.1rem; }
.counts .zero th, .counts .zero td { color: var(--quiet); font-weight: 400; }
.counts .sum th, .counts .sum td { border-top: 2px solid var(--line); font-weight: 600; }
.beside { width: 34%; padding: 0.3rem 0 0.3rem 1rem; }
.pair { display: block; width: 100%; height: 1.15rem; }
.pair rect { height: 0.5rem; }
.bar { display: block; width: 100%; height: 0.55rem; }
.bar rect { height: 100%; fill: var(--new); }
.bar .unsure { opacity: 0.35; }
details { margin-top: 1.25rem; }
summary { cursor: pointer; padding: 0.25rem 0; color: var(--new); }
details table { margin-top: 0.5rem; }

.summary { margin-bottom: 1rem; max-width: 46rem; }
.diffs > li { padding: 0.6rem 0 0.7rem; border-top: 1px solid var(--line); }
.diffs > li:first-child { border-top: 0; padding-top: 0; }
.diffs strong { color: var(--bad); font-weight: 600; }
.diffs time { color: var(--quiet); font-size: 0.8125rem; white-space: nowrap; margin-left: 0.35rem; }
.diffs table { table-layout: fixed; }
.diffs th, .diffs td { padding-block: 0.1rem; border: 0; }
.diffs th:first-child { width: 32%; }
.diffs tbody th { color: var(--quiet); }
.diffs thead th { padding-bottom: 0.1rem; }
.diffs li:not(:first-child) thead th { padding: 0; line-height: 0; }
@media (min-width: 56rem) {
  .diffs > li { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 5fr); gap: 0 1.5rem; align-items: start; }
}

section > details { margin-top: 0; min-width: 0; } section > details > summary { padding-top: 0; } .diffs table { margin-top: 0; }
details form { margin: 0.75rem 0 1.25rem; } .taken { margin-top: 0.75rem; }
.notice { padding: 0.6rem 0.9rem; margin-bottom: 1rem; background: var(--wash); border-left: 3px solid var(--good); }
.notice.bad { background: var(--bad-wash); border-color: var(--bad); }
form { display: flex; flex-wrap: wrap; gap: 1rem; align-items: end; }
label { display: block; font-size: 0.8125rem; color: var(--quiet); margin-bottom: 0.2rem; }
input, select, button { font: inherit; color: inherit; height: 2.75rem; padding: 0 0.8rem; border: 1px solid var(--old); border-radius: 4px; background: var(--ground); max-width: 100%; }
form:not(:has(option[value="live"]:checked)) .percent { display: none; }
.percent input { width: 10rem; } .why { flex: 1 1 16rem; } .why input { width: 100%; }
.buttons { flex-basis: 100%; align-items: center; } .paused { color: var(--warn); font-weight: 600; }
.past { margin: 0; font-size: inherit; color: var(--ink); } .past input { width: auto; height: auto; margin: 0 0.4rem 0 0.5rem; }
.buttons { display: flex; flex-wrap: wrap; gap: 0.5rem; }
button { cursor: pointer; font-weight: 600; }
button:hover { background: var(--wash); }
button.first, button.first:hover { background: var(--new); border-color: var(--new); color: var(--ground); }
footer { border-top: 1px solid var(--line); padding-top: 1rem; }

@media (max-width: 40rem) {
  .rail { flex-direction: column; }
  .rail li, .rail li:last-child { padding: 0 0 0.45rem 1.6rem; flex: none; }
  .rail li::before { top: 0.3rem; }
  .rail li::after { top: 0.7rem; bottom: -0.3rem; left: calc(0.4rem - 1px); right: auto; width: 2px; height: auto; }
  .beside { display: none; }
  ol.changes { margin-left: 0; }
  .field, .field input, .field select { width: 100%; }
  .now { margin-left: 0; }
  .card summary > span { display: block; padding-left: 1.1rem; }
}
`;
