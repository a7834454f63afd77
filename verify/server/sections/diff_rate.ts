import { html } from "hono/html";
import type { TwinReport } from "../../report/report.ts";
import { rateChart } from "./rate_chart.ts";
import { count, counted, exact, oneIn, percent, percentBelow } from "../units.ts";

type Html = ReturnType<typeof html>;

/** The diff rate, how large the true rate can still be, what the gate needs, and how the rate developed. */
export function diffRate(report: TwinReport, id: string): Html {
  const { compared, confidence, diffs, gate } = report;
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
            <dt>True rate, at ${percent(confidence)}</dt>
            <dd>${bound(report.diffRateUpper)}</dd>
            <dd class="note">${often(report.diffRateUpper)}</dd>
          </div>
          <div>
            <dt>By distinct keys</dt>
            <dd>${bound(report.diffKeyRateUpper)}</dd>
            <dd class="note">${keys(report)}</dd>
          </div>
          <div>
            <dt>Threshold</dt>
            <dd>${percentBelow(gate.threshold)}</dd>
            <dd class="note">over ${hours(gate.overMs)} without a break</dd>
          </div>
        </dl>
        ${compared === 0 ? "" : rateChart(report, id)}
        ${gate.met ? html`<p><strong>The gate is open:</strong> the last hour stayed below the threshold.</p>` : html`
          <p>The gate still needs:</p>
          <ul class="missing">${gate.missing.map((phrase) => html`<li>${phrase}</li>`)}</ul>
        `}
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

function hours(milliseconds: number): string {
  const minutes = milliseconds / 60_000;
  return minutes % 60 === 0 ? counted(minutes / 60, "hour") : counted(minutes, "minute");
}
