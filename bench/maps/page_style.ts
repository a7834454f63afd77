/** The style sheet of the page of figures: both colour schemes, one column on a phone. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf8; --ink: #1b1d20; --quiet: #5e6268; --line: #dfdcd6; --ours: #0d6580; --map: #4c5056; --peer: #b4b1ab;
  --good: #1b7048; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131517; --ink: #e9e7e3; --quiet: #a4a8ad; --line: #30343a; --ours: #4fa9c7; --map: #c3c6ca; --peer: #5c6167;
    --good: #66cf9a; --bad: #ff8d82;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 76rem; padding: 1.5rem clamp(1rem, 4vw, 2.5rem) 4rem; background: var(--ground); color: var(--ink);
  font: 0.9375rem/1.55 -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
h1, h2, h3, p, figure { margin: 0; }
h1 { font-size: clamp(1.6rem, 5.2vw, 2.5rem); line-height: 1.15; letter-spacing: -0.02em; margin-bottom: 0.5rem; }
h2 { font-size: 1.25rem; margin-bottom: 0.25rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 0.75rem; }
p { max-width: 46rem; color: var(--quiet); }
a { color: var(--ours); }
section { border-top: 1px solid var(--line); margin-top: 2rem; padding-top: 1.25rem; }
.legend { margin-top: 0.75rem; }
.legend span { margin-right: 1.25rem; white-space: nowrap; }
.legend span::before { content: ""; display: inline-block; width: 0.8rem; height: 0.6rem; margin-right: 0.4rem; background: var(--peer); }
.legend .ours::before { background: var(--ours); }
.legend .map::before { background: var(--map); }

.choices {
  position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 0.4rem 1.25rem; margin-top: 1.5rem; padding: 0.6rem 0;
  background: var(--ground); border-bottom: 1px solid var(--line);
}
fieldset { display: flex; margin: 0; padding: 0; border: 0; min-width: 0; }
legend { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
label { padding: 0.35rem 0.7rem; border: 1px solid var(--line); margin-left: -1px; cursor: pointer; white-space: nowrap; }
label:has(:checked) { background: var(--ours); border-color: var(--ours); color: var(--ground); font-weight: 600; }
label:has(:focus-visible) { outline: 2px solid var(--ours); outline-offset: 2px; }
input { position: absolute; opacity: 0; pointer-events: none; }

.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1.75rem 2.5rem; margin-top: 1rem; }
figcaption { margin-bottom: 0.35rem; }
figcaption strong { display: block; font-weight: 600; }
small, td small { font-size: 0.8125rem; color: var(--quiet); }
figure svg { display: block; width: 100%; max-width: 30rem; }
svg text { font-size: 12px; fill: var(--ink); }
svg text.value, svg text.peer { fill: var(--quiet); }
svg text.ours { font-weight: 600; }
rect.ours { fill: var(--ours); } rect.map { fill: var(--map); } rect.peer { fill: var(--peer); }
svg line { stroke: var(--map); stroke-dasharray: 2 3; opacity: 0.7; }

.wide { overflow-x: auto; margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; font-weight: 400; padding: 0.4rem 1.25rem 0.4rem 0; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--quiet); font-size: 0.8125rem; }
.holds { color: var(--good); } .short { color: var(--bad); font-weight: 600; }
td small { display: block; }
@media (max-width: 40rem) {
  label { padding: 0.35rem 0.5rem; }
  .claims, .claims tbody, .claims tr, .claims th, .claims td { display: block; }
  .claims thead { display: none; }
  .claims th, .claims td { border: 0; padding: 0.1rem 0; }
  .claims tr { border-top: 1px solid var(--line); padding: 0.6rem 0; }
  .claims td::before { content: attr(data-of) ": "; color: var(--quiet); }
  .claims td small { display: inline; }
}
`;
