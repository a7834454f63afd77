import { html } from "hono/html";
import type { TwinReport } from "../../report/report.ts";
import { timeSpan } from "../../stats/time_span.ts";
import { rateChart } from "./rate_chart.ts";
import { count, counted, exact, oneIn, percent, percentBelow } from "../units.ts";

type Html = ReturnType<typeof html>;

/** The diff rate, how large the true rate can still be, the threshold, and how the rate developed. */
export function diffRate(report: TwinReport, id: string): Html {
  const { compared, diffs, gate } = report;
  return html`
    <section id="${id}-rate">
      <h3>Diff rate</h3>
      <div>
        <dl class="figures">
          <div>
            <dt>Found</dt>
            <dd class="${diffs > 0 ? "bad" : ""}">${compared === 0 ? "–" : percent(report.diffRate)}</dd>
            <dd class="note">${exact(diffs)} of ${exact(compared)} comparisons</dd>
          </div>
          <div>
            <dt>True rate, ${percent(gate.confidence)} confidence</dt>
            <dd>${bound(report.diffRateUpper)}</dd>
            <dd class="note">${often(report.diffRateUpper)}</dd>
          </div>
          <div>
            <dt>Keys with a diff</dt>
            <dd>${count(report.diffKeys)}</dd>
            <dd class="note">${keys(report)}</dd>
          </div>
          <div>
            <dt>Threshold</dt>
            <dd>${percentBelow(gate.threshold)}</dd>
            <dd class="note">${held(gate.holdMs)}</dd>
          </div>
        </dl>
        ${compared === 0 ? "" : rateChart(report, id)}
      </div>
    </section>
  `;
}

function bound(upper: number): string {
  return upper >= 1 ? "–" : `< ${percentBelow(upper)}`;
}

/** The bound in words, because a percentage with six zeros says little. */
function often(upper: number): string {
  if (upper >= 1) return "not known yet";
  return upper > 0.1 ? "" : `fewer than ${oneIn(upper)}`;
}

/** The numbers of distinct keys are estimates. */
function keys({ compared, comparedKeys, diffKeys }: TwinReport): string {
  if (compared === 0) return "";
  return `${diffKeys === 0 ? "none" : `about ${count(diffKeys)}`} of about ${counted(comparedKeys, "key")}`;
}

function held(holdMs: number): string {
  return holdMs === 0 ? "" : `for ${timeSpan(holdMs)} without a break`;
}
