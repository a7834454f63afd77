import { html } from "hono/html";
import type { TwinReport } from "../../report/report.ts";
import { positionWords } from "../../report/rollout_words.ts";
import { timeOfDay } from "../units.ts";

type Html = ReturnType<typeof html>;

/** A move of the twin on a chart over time. */
export interface ChartedChange {
  /** How far it is from the left edge, such as `12.50%`. */
  readonly x: string;
  /** When, ISO 8601 in UTC. */
  readonly at: string;
  /** Where the twin came, such as `live 5 %`. */
  readonly place: string;
}

/** So many are told in words; the lines show all. */
const MAX_TOLD = 12;

/** The moves within the time that a chart shows, the oldest first. */
export function changesOf({ stageChanges }: TwinReport, firstMs: number, lastMs: number): ChartedChange[] {
  return stageChanges.toReversed().flatMap(({ at, ...position }) => {
    const share = (Date.parse(at) - firstMs) / Math.max(1, lastMs - firstMs);
    return share < 0 || share > 1 ? [] : [{ x: `${(share * 100).toFixed(2)}%`, at, place: positionWords(position) }];
  });
}

/** A line for each move. The wide one under it cannot be seen: it is there to be pointed at. */
export function changeMarks(changes: readonly ChartedChange[]): Html {
  return html`
    <g class="changes">${changes.map(({ x, at, place }) =>
      html`
        <g>
          <title>${place} from ${timeOfDay(at)} UTC on</title>
          <line class="near" x1="${x}" x2="${x}" y1="0" y2="100%" />
          <line x1="${x}" x2="${x}" y1="0" y2="100%" />
        </g>
      `
    )}</g>
  `;
}

/** The same in words: a phone has nothing to point with. */
export function changesTold(changes: readonly ChartedChange[]): Html | "" {
  if (changes.length === 0) return "";
  return html`
    <ol class="changes note" aria-label="Stage changes">${changes.slice(-MAX_TOLD).map(({ at, place }) =>
      html`<li><time datetime="${at}">${timeOfDay(at)}</time> ${place}</li>`
    )}</ol>
  `;
}
