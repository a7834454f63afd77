import { html } from "hono/html";
import type { TwinReport } from "../report.ts";
import { count, counted, oneIn, percent } from "./units.ts";

type Html = ReturnType<typeof html>;

/** What one would say if asked how it goes: it changes with the state, not with each number. */
export function verdict(report: TwinReport): string {
  const found = report.compared === 0
    ? "Nothing has been compared yet."
    : report.diffs > 0
    ? "The two maps differ."
    : "No diff so far.";
  const gate = report.gate.met ? " The gate is open." : "";
  return `${report.name} is at ${report.stage}. ${found}${gate}`;
}

/** The diff rate, how large it can still be, and what the gate asks for. */
export function diffRate(report: TwinReport, id: string): Html {
  return html`
    <section id="${id}-rate" class="rate ${tone(report)}" aria-labelledby="${id}-rate-h">
      <h3 id="${id}-rate-h">Diff rate</h3>
      <p class="big">${report.compared === 0 ? "–" : percent(report.diffRate)}</p>
      <p>${report.compared === 0
        ? "Nothing has been compared yet."
        : `${counted(report.diffs, "diff")} in ${counted(report.compared, "comparison")}.`}</p>
      <dl>
        <div>
          <dt>True rate, by comparisons</dt>
          <dd>${bound(report.diffRateUpper, report)}</dd>
        </div>
        <div>
          <dt>True rate, by distinct keys</dt>
          <dd>${bound(report.diffKeyRateUpper, report)}<br>
    <small>about ${counted(report.diffKeys, "key")} of ${count(report.comparedKeys)}</small></dd>
        </div>
        <div>
          <dt>Gate</dt>
          <dd>${gate(report)}</dd>
        </div>
      </dl>
    </section>
  `;
}

function tone(report: TwinReport): string {
  if (report.diffs > 0) return "bad";
  return report.gate.met ? "good" : "";
}

/** Words, because a percentage with six zeros says little. */
function bound(upper: number, report: TwinReport): string {
  if (upper >= 1) return "not known yet";
  const confidence = ` at ${percent(report.confidence)} confidence`;
  return upper > 0.1 ? `up to ${percent(upper)}${confidence}` : `fewer than ${oneIn(upper)}${confidence}`;
}

function gate({ gate }: TwinReport): Html {
  const asked = `fewer than ${oneIn(gate.threshold)} over ${hours(gate.overMs)} without a break`;
  if (gate.met) return html`Open: ${asked}.`;
  return html`Asks for ${asked}. Missing:<ul>${gate.missing.map((phrase) => html`<li>${phrase}</li>`)}</ul>`;
}

function hours(milliseconds: number): string {
  const minutes = milliseconds / 60_000;
  return minutes % 60 === 0 ? counted(minutes / 60, "hour") : counted(minutes, "minute");
}
