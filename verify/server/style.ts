/** The page's style sheet: system fonts, one column on a phone, both colour schemes. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f7f7f5; --card: #ffffff; --ink: #1d2126; --quiet: #59626c; --line: #dfe2e6;
  --accent: #1f5fbf; --second: #7a4fb5; --good: #1b7546; --bad: #b3261e; --bad-ground: #fdf1ef;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131619; --card: #1b1f24; --ink: #e5e8eb; --quiet: #9ea8b2; --line: #333a42;
    --accent: #76b0ff; --second: #c19cf5; --good: #62cf97; --bad: #ff9086; --bad-ground: #33201f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 76rem; padding: 1rem clamp(0.75rem, 3vw, 2rem) 3rem;
  background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; }
ul, ol { padding: 0; list-style: none; }
h1 { font-size: 1rem; font-weight: 600; color: var(--quiet); }
h2 { font-size: 2rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; overflow-wrap: anywhere; }
h3 { font-size: 0.95rem; font-weight: 600; color: var(--quiet); margin-bottom: 0.5rem; }
small, caption, .axis, figcaption span, #connection, footer { font-size: 0.85rem; color: var(--quiet); }
a { color: var(--accent); text-underline-offset: 0.2em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
body > header { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; align-items: baseline; margin-bottom: 1rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; }
nav a { display: inline-block; padding: 0.25rem 0; overflow-wrap: anywhere; }
#connection { margin-left: auto; }
.twin { margin-bottom: 3rem; }
.verdict { font-size: 1.15rem; margin: 0.25rem 0 1rem; }
.live { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; }
.live > section, .control {
  min-width: 0; background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; padding: 1rem 1.1rem;
}
.live > .wide { grid-column: 1 / -1; }
.live > .notices { background: none; border: 0; padding: 0; display: grid; gap: 0.5rem; }
.live > .notices:not(:has(*)) { display: none; }
.notice { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--second); border-radius: 0.4rem; padding: 0.6rem 0.9rem; }
.notice.bad { border-left-color: var(--bad); background: var(--bad-ground); margin-bottom: 1rem; }

.rail { display: flex; margin: 0.25rem 0 1rem; }
.rail li { flex: 1; position: relative; padding-top: 1.4rem; color: var(--quiet); font-size: 0.95rem; }
.rail li::before {
  content: ""; position: absolute; top: 0.25rem; left: 0; width: 0.8rem; height: 0.8rem; z-index: 1;
  border: 2px solid var(--line); border-radius: 50%; background: var(--card);
}
.rail li::after { content: ""; position: absolute; top: 0.58rem; left: 0; width: 100%; height: 2px; background: var(--line); }
.rail li:last-child::after { display: none; }
.rail .past::before, .rail .past::after, .rail .current::before { border-color: var(--accent); background: var(--accent); }
.rail .current { color: var(--ink); font-weight: 650; }
.rail .current::before { box-shadow: 0 0 0 3px var(--card), 0 0 0 5px var(--accent); }
.moves { margin: 0.25rem 0 0.75rem; color: var(--quiet); }
.moves strong { color: var(--ink); }
.work { display: flex; flex-wrap: wrap; gap: 0.25rem 2rem; border-top: 1px solid var(--line); padding-top: 0.75rem; }
.work div { display: flex; flex-wrap: wrap; gap: 0 0.5rem; align-items: baseline; }
dt { color: var(--quiet); }
progress { accent-color: var(--accent); width: 8rem; vertical-align: middle; }

.big { font-size: clamp(2.5rem, 9vw, 3.5rem); line-height: 1.1; font-weight: 650; letter-spacing: -0.02em; overflow-wrap: anywhere; }
.bad .big, tr.bad th, tr.bad td { color: var(--bad); }
.good .big { color: var(--good); }
.rate dl { display: grid; gap: 0.6rem; margin-top: 0.9rem; }
.rate dt { font-size: 0.85rem; }
.rate dd ul { list-style: disc; padding-left: 1.2rem; }

.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; padding-bottom: 0.4rem; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.75rem 0.35rem 0; border-top: 1px solid var(--line); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { border-top: 0; font-size: 0.85rem; color: var(--quiet); }
.number { text-align: right; white-space: nowrap; }
th small { display: block; }
tr.part th { padding-left: 1.2rem; }
tfoot th, tfoot td { border-top: 2px solid var(--line); font-weight: 600; }
tfoot small { font-weight: 400; }
.diffs { min-width: 52rem; font-size: 0.9rem; }
.diffs code { overflow-wrap: anywhere; }
.diffs time { white-space: nowrap; }
code { font: 0.92em/1.5 ui-monospace, monospace; }

.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 1.25rem; }
figcaption { display: grid; font-size: 0.9rem; min-height: 2.8rem; }
figcaption strong { font-weight: 500; }
.plot { position: relative; border-bottom: 1px solid var(--line); border-top: 1px dashed var(--line); }
.plot svg { display: block; width: 100%; height: 6rem; }
.highest { position: absolute; top: 0.1rem; left: 0; font-size: 0.75rem; color: var(--quiet); background: var(--card); padding-right: 0.3rem; }
.axis { display: flex; justify-content: space-between; gap: 0.5rem; }
.axis i { display: inline-block; width: 0.65rem; height: 0.65rem; border-radius: 2px; margin: 0 0.25rem 0 0.5rem; }
.compared { fill: var(--quiet); background: var(--quiet); }
.diffs-mark, path.diffs, i.diffs { fill: var(--bad); background: var(--bad); }
.reads { fill: var(--accent); background: var(--accent); }
.writes { fill: var(--second); background: var(--second); }

.control { margin-top: 1rem; }
.control form { display: flex; flex-wrap: wrap; gap: 0.75rem 1rem; align-items: end; }
.control label { display: block; font-size: 0.85rem; color: var(--quiet); }
input, select, button { font: inherit; color: inherit; min-height: 2.6rem; padding: 0.3rem 0.7rem; border: 1px solid var(--quiet); border-radius: 0.4rem; background: var(--card); max-width: 100%; }
.buttons { display: flex; flex-wrap: wrap; gap: 0.5rem; }
button { cursor: pointer; }
button:first-child { background: var(--accent); border-color: var(--accent); color: var(--card); }

@media (max-width: 40rem) {
  .rail { flex-direction: column; }
  .rail li { padding: 0.1rem 0 0.1rem 1.6rem; }
  .rail li::before { top: 0.42rem; }
  .rail li::after { top: 0.9rem; left: 0.33rem; width: 2px; height: 100%; }
  .control form, .control p, .control input, .control select { width: 100%; }
}
`;
