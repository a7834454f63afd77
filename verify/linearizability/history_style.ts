/**
 * The style sheet of the page: system fonts, hairlines rather than boxes, one column on a phone, both colour schemes.
 */
export const HISTORY_STYLE: string = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf8; --ink: #1b1d20; --quiet: #5e6268; --line: #dfdcd6;
  --bar: #dcebf0; --edge: #0d6580; --good: #1b7048; --bad: #b3261e; --bad-wash: #fbe3e0; --warn: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131517; --ink: #e9e7e3; --quiet: #a4a8ad; --line: #30343a;
    --bar: #173440; --edge: #69c1de; --good: #66cf9a; --bad: #ff8d82; --bad-wash: #45211f; --warn: #e3b15c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 70rem; padding: 0 clamp(1rem, 4vw, 2.5rem) 4rem; background: var(--ground); color: var(--ink);
  font: 0.9375rem/1.55 -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere; -webkit-text-size-adjust: 100%;
}
h1, h2, h3, p, ul { margin: 0; }
ul { padding: 0; list-style: none; }
h1, h2, h3 { font-size: 1rem; font-weight: 600; line-height: 1.4; }
h1 { padding: 1.25rem 0; }
h3 { margin: 1.5rem 0 0.4rem; }
:focus-visible { outline: 2px solid var(--edge); outline-offset: 2px; border-radius: 2px; }
code, svg text { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
code { font-size: 0.875em; }
.verdict { border-top: 2px solid var(--ink); padding: 1rem 0 2rem; color: var(--quiet); }
.verdict .line { font-size: clamp(1.6rem, 5.2vw, 2.75rem); line-height: 1.12; font-weight: 600; letter-spacing: -0.022em; margin-bottom: 0.6rem; text-wrap: balance; }
.linearizable .line { color: var(--good); }
.violated .line, .proof { color: var(--bad); }
.unknown .line { color: var(--warn); }
section { border-top: 1px solid var(--line); padding: 1.35rem 0 2rem; }
.quiet, figcaption, caption { color: var(--quiet); }
.history { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 0.75rem; }
.history li { height: 32px; line-height: 32px; max-width: 7rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 0.8125rem; color: var(--quiet); }
.scroll { overflow-x: auto; border-left: 1px solid var(--line); }
.scroll svg { display: block; }
svg text { font-size: 12px; fill: var(--ink); white-space: pre; }
rect { fill: var(--bar); stroke: var(--edge); }
.left rect { fill: none; stroke: var(--quiet); }
.open rect { stroke-dasharray: 5 3; }
.bad rect { fill: var(--bad-wash); stroke: var(--bad); stroke-width: 2; }
.key { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin-bottom: 0.6rem; font-size: 0.8125rem; color: var(--quiet); }
.key li::before { content: ""; display: inline-block; width: 1.1rem; height: 0.7rem; margin-right: 0.4rem; border: 1px solid var(--quiet); border-radius: 2px; }
.key .ordered::before { background: var(--bar); border-color: var(--edge); }
.key .bad::before { background: var(--bad-wash); border: 2px solid var(--bad); }
.key .open::before { border-style: dashed; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; padding-bottom: 0.35rem; font-size: 0.8125rem; }
th, td { text-align: left; vertical-align: baseline; padding: 0.3rem 1rem 0.3rem 0; border-top: 1px solid var(--line); font-weight: 400; }
thead th { border-top: 0; font-size: 0.8125rem; color: var(--quiet); }
tr.bad td { color: var(--bad); }
.number { width: 3.5rem; color: var(--quiet); }
.client { width: 9rem; }
.state { width: 32%; }
@media (max-width: 40rem) {
  .history li { max-width: 4.5rem; }
  .number { width: 2.5rem; }
  .client { width: 4.5rem; }
  th, td { padding-right: 0.6rem; }
}
`;

/** The SHA-256 of the style in base64, for the policy of the page. Browsers digest only asynchronously. */
export const HISTORY_STYLE_SHA256 = "FY1t8FW2EDzUwCyxERR262gU3M5obi5j8W1Uw8GoKwM=";
