import { html } from "hono/html";
import type { ReportedWindow, TwinReport } from "../report.ts";
import { count, percent } from "./units.ts";

type Html = ReturnType<typeof html>;

/** How high the drawing is; as wide as there are windows. It is stretched to its place. */
const HEIGHT = 100;
/** A diff among a million comparisons must still be seen. */
const LEAST_HEIGHT = 4;
const BAR_WIDTH = 0.8;

interface Chart {
  id: string;
  title: string;
  /** What it shows, in a sentence, for those who do not see it. */
  summary: string;
  windows: number;
  since: string;
  highest: string;
  /** What is drawn: a class of the style sheet, its name for the legend, and a path. */
  series: { style: string; name: string; path: string }[];
}

/** The diff rate and the operations per second, over time. */
export function charts(report: TwinReport, id: string): Html {
  const { seconds, minutes } = report.windows;
  return html`
    <section id="${id}-charts" class="wide" aria-labelledby="${id}-charts-h">
      <h3 id="${id}-charts-h">Over time</h3>
      <div class="charts">
    ${drawn(diffRateChart(seconds, `${id}-c1`, "by second, last 2 minutes", "2 minutes ago"))}
    ${drawn(diffRateChart(minutes, `${id}-c2`, "by minute, last hour", "1 hour ago"))}
    ${drawn(operationsChart(seconds.slice(0, -1), `${id}-c3`))}
      </div>
    </section>
  `;
}

function diffRateChart(windows: readonly ReportedWindow[], id: string, span: string, since: string): Chart {
  const rates = windows.map(({ compared, diffs }) => compared === 0 ? 0 : diffs / compared);
  const highest = Math.max(0, ...rates);
  const heights = rates.map((rate) => scaled(rate, highest));
  return {
    id,
    title: `Diff rate, ${span}`,
    summary: windows.every(({ compared }) => compared === 0)
      ? "Nothing was compared."
      : highest === 0
      ? "No diff."
      : `Highest ${percent(highest)}, now ${percent(rates.at(-1) ?? 0)}.`,
    windows: windows.length,
    since,
    highest: percent(highest),
    series: [
      { style: "compared", name: "compared", path: bars(windows.map(({ compared }) => compared > 0 ? 2 : 0)) },
      { style: "diffs", name: "diffs", path: bars(heights) },
    ],
  };
}

/** Of whole seconds only: the one that is running would look like a drop. */
function operationsChart(windows: readonly ReportedWindow[], id: string): Chart {
  const totals = windows.map(({ reads, writes }) => reads + writes);
  const highest = Math.max(0, ...totals);
  const reads = windows.map((window) => scaled(window.reads, highest));
  const writes = windows.map((window) => scaled(window.writes, highest));
  return {
    id,
    title: "Operations per second, last 2 minutes",
    summary: highest === 0 ? "None." : `Highest ${count(highest)}, now ${count(totals.at(-1) ?? 0)}.`,
    windows: windows.length,
    since: "2 minutes ago",
    highest: count(highest),
    series: [
      { style: "reads", name: "reads", path: bars(reads) },
      { style: "writes", name: "writes", path: bars(writes, reads) },
    ],
  };
}

function scaled(value: number, highest: number): number {
  return value === 0 ? 0 : Math.max(LEAST_HEIGHT, Math.round(value / highest * HEIGHT));
}

/** A bar for each height that is not 0, on top of what is `below`. */
function bars(heights: readonly number[], below: readonly number[] = []): string {
  return heights.map((height, at) => {
    if (height === 0) return "";
    const bottom = HEIGHT - (below[at] ?? 0);
    return `M${at} ${bottom}v-${height}h${BAR_WIDTH}v${height}z`;
  }).join("");
}

function drawn(chart: Chart): Html {
  return html`
    <figure>
      <figcaption><strong>${chart.title}</strong> <span>${chart.summary}</span></figcaption>
      <div class="plot"><span class="highest" aria-hidden="true">${chart.highest}</span>
    <svg viewBox="0 0 ${chart.windows} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-labelledby="${chart.id}-t">
    <title id="${chart.id}-t">${chart.title}: ${chart.summary}</title>
    ${chart.series.map(({ style, path }) =>
      html`
        <path class="${style}" d="${path}" />
      `
    )}
    </svg></div>
      <p class="axis" aria-hidden="true"><span>${chart.since}</span>
    <span class="legend">${chart.series.map(({ style, name }) =>
      html`
        <i class="${style}"></i>${name}
      `
    )}</span>
    <span>now</span></p>
    </figure>
  `;
}
