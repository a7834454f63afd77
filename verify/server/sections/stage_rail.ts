import { html } from "hono/html";
import type { ReportedProgress, TwinReport } from "../../report/report.ts";
import { type Stage, STAGE_NAMES } from "../../stages/stage.ts";
import { count, counted, exact, percent, timeLeft } from "../units.ts";

type Html = ReturnType<typeof html>;

const MEANING: Record<Stage, string> = {
  off: "Only the old map is used.",
  dualwrite: "The old map answers; writes go to both.",
  shadow: "The old map answers; writes go to both, and sampled reads are compared.",
  live: "Writes go to both, and sampled reads are compared.",
  rampdown: "The new map answers; writes still go to the old one, so the way back is open.",
  complete: "Only the new map is used.",
};

/** The six stages with the present one marked, the possible moves, and the progress of sweep and backfill. */
export function stageRail(report: TwinReport, id: string): Html {
  const at = STAGE_NAMES.indexOf(report.stage);
  const back = report.moves.filter(({ stage }) => STAGE_NAMES.indexOf(stage) < at);
  const next = report.moves.filter(({ stage }) => STAGE_NAMES.indexOf(stage) > at);
  return html`
    <section id="${id}-stage">
      <h3>Stage</h3>
      <div>
        <ol class="rail">${STAGE_NAMES.map((stage, place) => step(report, stage, place - at))}</ol>
        <p>${MEANING[report.stage]}${share(report)}</p>
        <ul class="moves">${next.map((move) => moveTo(move, "Next"))}${back.map((move) => moveTo(move, "Back"))}</ul>
        <dl class="pairs">
          <dt>Backfill</dt>
          <dd>${progress("Backfill", report.backfill, "")}</dd>
          <dt>Sweep</dt>
          <dd>${progress("Sweep", report.sweep, sweepResult(report.sweep))}</dd>
        </dl>
      </div>
    </section>
  `;
}

function share({ stage, percent: percentage }: TwinReport): string {
  return stage === "live" ? ` The new map answers for ${percent(percentage / 100)} of the keys.` : "";
}

function step(report: TwinReport, stage: Stage, distance: number): Html {
  if (distance !== 0) return html`<li class="${distance < 0 ? "past" : "ahead"}">${stage}</li>`;
  const name = stage === "live" ? `live ${percent(report.percent / 100)}` : stage;
  return html`<li class="current" aria-current="step">${name}</li>`;
}

function moveTo({ stage, missing }: TwinReport["moves"][number], direction: string): Html {
  if (missing.length === 0) return html`<li>${direction}: <strong>${stage}</strong> is open.</li>`;
  return html`<li>${direction}: <strong>${stage}</strong> is held: ${missing.join("; ")}.</li>`;
}

const STATE_WORDS: Record<TwinReport["sweep"]["state"], string> = {
  never: "Not run yet",
  running: "Running",
  paused: "Paused",
  done: "Done",
  aborted: "Aborted",
};

function progress(
  name: string,
  { state, done, total, perSecond, leftMs }: ReportedProgress,
  result: string,
): Html {
  if (state === "never") return html`${STATE_WORDS.never}`;
  if (state === "done") return html`Done, ${exact(done)} ${done === 1 ? "entry" : "entries"}${result}`;
  const bar = state === "aborted"
    ? ""
    : html`<progress aria-label="${name}" value="${done}" max="${Math.max(1, total)}"></progress>`;
  const rate = state === "running" && done > 0 ? `, ${count(Math.round(perSecond))} a second` : "";
  const left = state === "running" && leftMs !== null ? `, ${timeLeft(leftMs)} left` : "";
  return html`${STATE_WORDS[state]}, ${count(done)} of ${count(total)} entries${rate}${left}${result} ${bar}`;
}

function sweepResult({ clean, diffs, late, inconclusive, evicted, ignored }: TwinReport["sweep"]): string {
  const gone = [[evicted, "evicted"] as const, [ignored, "ignored"] as const]
    .map(([keys, why]) => keys > 0 ? `, ${count(keys)} ${why}` : "").join("");
  if (clean === true) return `: clean${gone}`;
  return clean === false || diffs + late + inconclusive + evicted > 0
    ? `: ${counted(diffs, "diff")}, ${count(late)} late, ${count(inconclusive)} inconclusive${gone}`
    : "";
}
