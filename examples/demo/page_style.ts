/** The style sheet of a page: the parts of the report's that it needs. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf8; --ink: #1b1d20; --quiet: #5e6268; --line: #dfdcd6; --wash: #f1efea;
  --edge: #8b8f95; --accent: #0d6580; --good: #1b7048; --bad: #b3261e; --bad-wash: #fbeeec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131517; --ink: #e9e7e3; --quiet: #a4a8ad; --line: #30343a; --wash: #1c1f23;
    --edge: #7f858c; --accent: #69c1de; --good: #66cf9a; --bad: #ff8d82; --bad-wash: #321e1d;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 52rem; padding: 1.5rem clamp(1rem, 4vw, 2.5rem) 4rem; background: var(--ground); color: var(--ink);
  font: 0.9375rem/1.55 -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere; -webkit-text-size-adjust: 100%;
}
h1, h2, p, ul, dl, dd { margin: 0; }
h1 { font-size: clamp(1.6rem, 5.2vw, 2.5rem); line-height: 1.15; font-weight: 600; letter-spacing: -0.02em; text-wrap: balance; }
h2 { font-size: 1rem; font-weight: 600; margin-bottom: 0.75rem; }
.lead { margin: 0.75rem 0 1rem; max-width: 42rem; font-size: 1.0625rem; color: var(--quiet); }
a { color: var(--accent); text-underline-offset: 0.2em; }
code { font: 0.875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
section { border-top: 1px solid var(--line); padding: 1.35rem 0 1.6rem; }
p + section { margin-top: 1.75rem; }

.state { padding: 0.6rem 0.9rem; background: var(--wash); border-left: 3px solid var(--good); }
.state.bad { background: var(--bad-wash); border-color: var(--bad); }
.state strong { font-weight: 600; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 10rem), 1fr)); gap: 1.1rem 1.5rem; margin-top: 1.25rem; }
dt, .note { font-size: 0.8125rem; color: var(--quiet); }
dd:not(.note) { font-size: 1.4375rem; line-height: 1.35; font-weight: 600; letter-spacing: -0.01em; }
dd.bad { color: var(--bad); }

ul, ol { padding: 0; list-style: none; }
p + ul, ul + p { margin-top: 0.75rem; }
ul li { display: grid; grid-template-columns: 16rem 1fr; gap: 0.25rem 1rem; align-items: center; padding: 0.3rem 0; }
button {
  font: inherit; font-weight: 600; color: inherit; text-align: left; line-height: 1.3; min-height: 2.75rem; padding: 0.4rem 0.8rem; cursor: pointer;
  border: 1px solid var(--edge); border-radius: 4px; background: var(--ground);
}
button:hover { background: var(--wash); }
button.first, button.first:hover { background: var(--accent); border-color: var(--accent); color: var(--ground); }
button[aria-pressed="true"] { border-color: var(--bad); background: var(--bad-wash); color: var(--bad); }
#take-away { display: none; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; margin-top: 1.25rem; }
#now:has(.state.bad) + #take-away { display: flex; }
ol { margin-top: 1.25rem; }
ol li { display: grid; grid-template-columns: 4.5rem 1fr; padding: 0.15rem 0; }
time { color: var(--quiet); }
.field { max-width: 25rem; margin-bottom: 0.75rem; }
.field label { display: block; font-size: 0.8125rem; color: var(--quiet); }
input { font: inherit; width: 100%; min-height: 2.75rem; padding: 0 0.8rem; color: inherit; background: var(--ground); border: 1px solid var(--edge); border-radius: 4px; }
@media (max-width: 40rem) { ul li { grid-template-columns: 11rem 1fr; gap: 0.75rem; line-height: 1.35; } }
`;
