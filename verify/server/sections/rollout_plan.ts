import { html } from "hono/html";
import type { ReportedRollout, ReportedStep, RolloutRecord } from "../../report/reported_rollout.ts";
import type { TwinReport } from "../../report/report.ts";
import { positionWords, recordWords } from "../../report/rollout_words.ts";
import { dayAndMinute, timeLeft } from "../units.ts";

type Html = ReturnType<typeof html>;

/** So many records are shown; the JSON has all. */
const MAX_SHOWN = 10;

const MEANING: Record<ReportedRollout["decision"], string> = {
  promote: "it goes on",
  hold: "it stays",
  back: "it goes back to where the old map answers",
};

const VERDICT: Record<ReportedRollout["decision"], string> = { promote: "pass", hold: "hold", back: "fail" };

/** The plan of a rollout with the present step marked, what it does next and why, and what was done. */
export function rolloutPlan({ rollout }: TwinReport, id: string): Html | "" {
  if (rollout === null) return "";
  const { decision, reasons, leastMs, wayBack, returns, history, dryRun, state, steps } = rollout;
  return html`
    <section id="${id}-rollout">
      <h3>Rollout</h3>
      <div>
        <ol class="rail plan">${steps.map(step)}</ol>
        <p><strong class="${VERDICT[decision]}">${decision}</strong>: ${MEANING[decision]}</p>
        <ul class="moves">${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>
        <dl class="pairs">
          <dt>State</dt>
          <dd>${state}${dryRun ? ", a dry run: it moves nothing" : ""}</dd>
          <dt>Next move</dt>
          <dd>${leastMs === null ? "not known" : leastMs === 0 ? "now" : `in ${timeLeft(leastMs)} at the earliest`}</dd>
          <dt>Safe to go back</dt>
          <dd>${wayBack.since === null ? `no: ${wayBack.why}` : `yes, since ${dayAndMinute(wayBack.since)} UTC`}</dd>
          <dt>Returns</dt>
          <dd>${returns}</dd>
        </dl>
        ${history.length === 0 ? "" : done(history)}
      </div>
    </section>
  `;
}

function step({ place, ...step }: ReportedStep): Html {
  if (place !== "current") return html`<li class="${place}">${positionWords(step)}</li>`;
  return html`<li class="current" aria-current="step">${positionWords(step)}</li>`;
}

function done(history: readonly RolloutRecord[]): Html {
  return html`
    <table class="decisions">
      <caption>What was done, the newest first</caption>
      <tbody>${history.slice(0, MAX_SHOWN).map((record) =>
        html`
          <tr>
            <th scope="row"><time datetime="${record.at}">${dayAndMinute(record.at)} UTC</time></th>
            <td>${recordWords(record)}</td>
          </tr>
        `
      )}</tbody>
    </table>
  `;
}
