import { html } from "hono/html";
import { alphaOf } from "../../gate/episode.ts";
import { rateBounds } from "../../stats/confidence_sequence.ts";
import type { TwinReport } from "../../report/report.ts";
import { changeMarks, changesOf, changesTold } from "./stage_changes.ts";
import type { ReportedWindow } from "../../stats/time_windows.ts";
import { percent, percentBelow, timeOfDay } from "../units.ts";

type Html = ReturnType<typeof html>;

/** What all comparisons up to a moment said. */
interface Moment {
  atMs: number;
  rate: number;
  upper: number;
}

/** The drawing has its own units, which are stretched to the available space. */
const WIDTH = 1_000;
const HEIGHT = 1_000;
/** How many powers of ten are shown below the threshold. */
const DECADES_BELOW = 1;

/** The diff rate and its upper bound over the last hour, on a logarithmic scale from 100 % down. */
export function rateChart(report: TwinReport, id: string): Html {
  const moments = momentsOf(report);
  const first = moments[0]?.atMs ?? 0;
  const last = moments.at(-1)?.atMs ?? 1;
  const decades = Math.ceil(-Math.log10(report.gate.threshold) - 1e-9) + DECADES_BELOW;
  const x = (atMs: number) => Math.round((atMs - first) / Math.max(1, last - first) * WIDTH);
  /** How far down the drawing a share stands, from 0 to 1. */
  const down = (share: number) => share <= 0 ? 1 : Math.min(1, -Math.log10(share) / decades);
  const points = (value: (moment: Moment) => number) =>
    moments.map((moment) => `${x(moment.atMs)} ${Math.round(down(value(moment)) * HEIGHT)}`);
  const upper = points(({ upper }) => upper);
  const found = points(({ rate }) => rate);
  const at = (share: number) => `${(down(share) * 100).toFixed(2)}%`;
  const { threshold } = report.gate;
  const changes = changesOf(report, first, last);
  const grid = Array.from({ length: Math.ceil(decades / 2) }, (_, step) => 10 ** (-2 * step))
    .filter((share) => Math.abs(Math.log10(share / threshold)) > 0.5);
  return html`
    <figure>
      <figcaption>
        <span class="key upper">Upper bound of the true rate</span>
        <span class="key found">Diff rate found${report.diffs === 0 ? ": none" : ""}</span>
        <span class="key threshold">Threshold</span>
        ${changes.length === 0 ? "" : html`<span class="key change">Stage changed</span>`}
      </figcaption>
      <div class="plot">
        <svg class="scale" aria-hidden="true">
          ${grid.map((share) => html`<text x="100%" y="${at(share)}" dy="0.35em">${percent(share)}</text>`)}
          <text x="100%" y="${at(threshold)}" dy="0.35em">${percentBelow(threshold)}</text>
        </svg>
        <svg class="rate-chart" role="img" aria-labelledby="${id}-rate-t">
          <title id="${id}-rate-t">${told(moments, report)}</title>
          ${grid.map((share) => html`<line class="grid" x1="0" x2="100%" y1="${at(share)}" y2="${at(share)}" />`)}
          <line class="threshold" x1="0" x2="100%" y1="${at(threshold)}" y2="${at(threshold)}" />
          <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
            <path class="under" d="${upper.length > 1 ? `M0 ${HEIGHT}L${upper.join("L")}V${HEIGHT}z` : ""}" />
            <path class="upper" d="${upper.length > 1
              ? `M${upper.join("L")}`
              : ""}" vector-effect="non-scaling-stroke" />
            <path class="found" d="${report.diffs > 0 && found.length > 1
              ? `M${found.join("L")}`
              : ""}" vector-effect="non-scaling-stroke" />
          </svg>
          ${changeMarks(changes)}
        </svg>
        <p class="axis" aria-hidden="true"><span>${clock(first)}</span><span>${clock(last)} UTC</span></p>
      </div>
      ${changesTold(changes)}
    </figure>
  `;
}

/**
 * The report has the present totals, and the windows say what was counted when. So the totals at a moment are the present
 * ones less what came afterwards. The last two minutes are known by the second, the time before by the minute.
 *
 * The bound is one of key visits, which the windows do not count. A comparison is taken to have brought as many visits in the
 * past as it has on average: so the bound is exact at present, and about right before.
 */
function momentsOf({ compared, diffs, gate, startedAt, reportedAt, windows }: TwinReport): Moment[] {
  const { seconds, minutes } = windows;
  const startedMs = Date.parse(startedAt);
  const { episode } = gate;
  const alpha = alphaOf(episode.number, 1 - gate.confidence);
  const moment = (atMs: number, after: readonly ReportedWindow[]): Moment => {
    const total = Math.max(0, after.reduce((left, window) => left - window.compared, compared));
    const different = Math.min(total, Math.max(0, after.reduce((left, window) => left - window.diffs, diffs)));
    const visits = scaled(episode.visits, total, compared);
    const differentVisits = Math.min(visits, scaled(episode.diffs, different, diffs));
    return {
      atMs,
      rate: total === 0 ? 0 : different / total,
      upper: rateBounds(differentVisits, visits, gate.threshold, alpha).upper,
    };
  };
  const ends = (list: readonly ReportedWindow[]) =>
    list.slice(0, -1).map((_, place) => moment(list[place + 1]?.startMs ?? 0, list.slice(place + 1)));
  const fine = ends(seconds);
  const coarse = ends(minutes).filter(({ atMs }) => atMs < (fine[0]?.atMs ?? Infinity));
  const past = [...coarse, ...fine].filter(({ atMs }) => atMs >= startedMs);
  return [...past, moment(Date.parse(reportedAt), [])];
}

/** The part of `whole` that `part` is of `all`. */
function scaled(whole: number, part: number, all: number): number {
  return all === 0 ? 0 : Math.round(whole * part / all);
}

/** What the drawing shows in a sentence, for those who cannot see it. */
function told(moments: readonly Moment[], report: TwinReport): string {
  if (report.compared === 0) return "Diff rate over time: nothing has been compared yet.";
  const from = moments[0];
  const began = from === undefined ? "" : ` from ${percentBelow(from.upper)} at ${clock(from.atMs)}`;
  return `Diff rate over time: the upper bound of the true rate went${began} to ${
    percentBelow(report.diffRateUpper)
  }; ` +
    `the rate found is ${percent(report.diffRate)}, the threshold ${percentBelow(report.gate.threshold)}.`;
}

function clock(atMs: number): string {
  return timeOfDay(new Date(atMs).toISOString());
}
