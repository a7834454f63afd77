import { html } from "hono/html";
import type { TwinReport } from "../report.ts";
import { type Stage, STAGE_NAMES } from "../stage.ts";
import { count, percent } from "./units.ts";

type Html = ReturnType<typeof html>;

const MEANING: Record<Stage, string> = {
  off: "Only the old map is used.",
  dualwrite: "The old map answers; writes go to both.",
  shadow: "The old map answers; writes go to both, and reads are compared.",
  live: "The new map answers for a part of the keys; writes go to both.",
  rampdown: "The new map answers; writes still go to the old one, so the way back is open.",
  complete: "Only the new map is used.",
};

/** The six stages with the current one marked, where one can go from there, and how far sweep and backfill are. */
export function stageRail(report: TwinReport, id: string): Html {
  const current = STAGE_NAMES.indexOf(report.stage);
  return html`
    <section id="${id}-stage" class="wide" aria-labelledby="${id}-stage-h">
      <h3 id="${id}-stage-h">Stage</h3>
      <ol class="rail">${STAGE_NAMES.map((stage, at) => step(report, stage, at - current))}</ol>
      <p>${MEANING[report.stage]}${share(report)}</p>
      <ul class="moves">${report.moves.map((move) => moveTo(move, STAGE_NAMES.indexOf(move.stage) > current))}</ul>
      <dl class="work">
    ${progress("Backfill", report.backfill, "")}
    ${progress("Sweep", report.sweep, sweepResult(report.sweep))}
      </dl>
    </section>
  `;
}

function share(report: TwinReport): string {
  if (report.stage !== "live") return "";
  return ` Now it answers for ${percent(report.percent / 100)} of the keys.`;
}

function step(report: TwinReport, stage: Stage, distance: number): Html {
  if (distance === 0) {
    return html`<li class="current" aria-current="step"><span>${stage}${
      stage === "live" ? ` ${percent(report.percent / 100)}` : ""
    }</span></li>`;
  }
  return html`<li class="${distance < 0 ? "past" : "ahead"}"><span>${stage}</span></li>`;
}

function moveTo(move: TwinReport["moves"][number], forwards: boolean): Html {
  const direction = forwards ? "Next" : "Back";
  if (move.missing.length === 0) return html`<li>${direction}: <strong>${move.stage}</strong> is open.</li>`;
  return html`<li>${direction}: <strong>${move.stage}</strong> needs ${move.missing.join(" and ")}.</li>`;
}

const STATE_WORDS: Record<TwinReport["sweep"]["state"], string> = {
  never: "not run yet",
  running: "running",
  paused: "paused",
  done: "done",
  aborted: "aborted",
};

function progress(name: string, work: TwinReport["backfill"], result: string): Html {
  if (work.state === "never") {
    return html`
      <div>
        <dt>${name}</dt>
        <dd>${STATE_WORDS.never}</dd>
      </div>
    `;
  }
  const done = `${STATE_WORDS[work.state]}, ${count(work.done)} of ${count(work.total)} entries${result}`;
  const isUnderWay = work.state === "running" || work.state === "paused";
  const bar = isUnderWay &&
    html`<progress aria-label="${name}" value="${work.done}" max="${Math.max(1, work.total)}"></progress>`;
  return html`
    <div>
      <dt>${name}</dt>
      <dd>${done} ${bar}</dd>
    </div>
  `;
}

function sweepResult(sweep: TwinReport["sweep"]): string {
  const found = `${count(sweep.diffs)} diffs, ${count(sweep.inconclusive)} inconclusive`;
  if (sweep.clean === true) return ": clean";
  return sweep.clean === false || sweep.diffs + sweep.inconclusive > 0 ? `: ${found}` : "";
}
