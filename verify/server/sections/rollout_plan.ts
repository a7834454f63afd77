import { html } from "hono/html";
import type { ReportedRollout, ReportedStep, RolloutRecord } from "../../report/reported_rollout.ts";
import type { TwinReport } from "../../report/report.ts";
import type { Position } from "../../stages/moves.ts";
import { dayAndMinute, percent, timeLeft } from "../units.ts";

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
  if (place !== "current") return html`<li class="${place}">${named(step)}</li>`;
  return html`<li class="current" aria-current="step">${named(step)}</li>`;
}

function named({ stage, percent: percentage }: Position): string {
  return stage === "live" ? `live ${percent(percentage / 100)}` : stage;
}

function done(history: readonly RolloutRecord[]): Html {
  return html`
    <table class="decisions">
      <caption>What was done, the newest first</caption>
      <tbody>${history.slice(0, MAX_SHOWN).map((record) =>
        html`
          <tr>
            <th scope="row"><time datetime="${record.at}">${dayAndMinute(record.at)} UTC</time></th>
            <td>${inWords(record)}, by ${record.by}: “${record.why}”</td>
          </tr>
        `
      )}</tbody>
    </table>
  `;
}

function inWords({ kind, dryRun, ...position }: RolloutRecord): string {
  const place = named(position);
  const words: Record<RolloutRecord["kind"], string> = {
    start: `started at ${place}`,
    pause: `paused at ${place}`,
    resume: `resumed at ${place}`,
    confirm: `confirmed at ${place}`,
    move: `moved to ${place}`,
    force: `forced to ${place}`,
    back: `went back to ${place}`,
    end: `ended at ${place}`,
  };
  return dryRun ? `would have ${words[kind]}` : words[kind];
}
