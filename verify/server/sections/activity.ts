import { html } from "hono/html";
import type { TwinReport } from "../../report/report.ts";
import type { ReportedWindow } from "../../stats/time_windows.ts";
import { count, dayAndMinute, exact } from "../units.ts";

type Html = ReturnType<typeof html>;

/** The drawing has its own units, which are stretched to the available space: a window is 1 wide. */
const HEIGHT = 100;
const BAR_WIDTH = 0.7;
/** A bar that is not 0 must be visible, however small it is. */
const LEAST_HEIGHT = 5;

/** One row of bars: its class in the style sheet, its legend and its path. */
interface Series {
  style: string;
  legend: Html;
  path: string;
}

/** Operations and comparisons: by the second as drawings, by the minute as a table. */
export function activity(report: TwinReport, id: string): Html {
  // Whole seconds only: the present one would look like a drop.
  const seconds = report.windows.seconds.slice(0, -1);
  const busy = report.windows.minutes.filter(({ reads, writes, compared }) => reads + writes + compared > 0);
  return html`
    <section id="${id}-activity">
      <h3>Activity</h3>
      <div>${busy.length === 0
        ? html`<p>No operation and no comparison in the last hour.</p>`
        : html`<div class="columns">${operations(seconds, id)} ${comparisons(seconds, id)}</div>${
          byMinute(busy, id)
        }`}</div>
    </section>
  `;
}

function operations(seconds: readonly ReportedWindow[], id: string): Html {
  const totals = seconds.map(({ reads, writes }) => reads + writes);
  const highest = Math.max(0, ...totals);
  const reads = seconds.map((window) => scaled(window.reads, highest));
  const writes = seconds.map((window) => scaled(window.writes, highest));
  const last = seconds.at(-1);
  return drawn("Operations per second", totals, `${id}-operations`, [
    { style: "reads", legend: html`${exact(last?.reads ?? 0)} reads`, path: bars(reads) },
    { style: "writes", legend: html`${exact(last?.writes ?? 0)} writes`, path: bars(writes, reads) },
  ]);
}

function comparisons(seconds: readonly ReportedWindow[], id: string): Html {
  const compared = seconds.map((window) => window.compared);
  const highest = Math.max(0, ...compared);
  const withDiff = seconds.filter(({ diffs }) => diffs > 0).length;
  const marked = withDiff === 0 ? html`no diff` : html`diffs in ${withDiff} of the ${seconds.length} seconds`;
  return drawn("Comparisons per second", compared, `${id}-comparisons`, [
    {
      style: "compared",
      legend: html`${exact(compared.at(-1) ?? 0)} compared`,
      path: bars(compared.map((value) => scaled(value, highest))),
    },
    { style: "diffs", legend: marked, path: bars(seconds.map(({ diffs }) => scaled(diffs, highest))) },
  ]);
}

function drawn(name: string, values: readonly number[], id: string, series: readonly Series[]): Html {
  const highest = Math.max(0, ...values);
  const summary = highest === 0 ? "none" : `at most ${count(highest)}, last ${count(values.at(-1) ?? 0)}`;
  return html`
    <figure>
      <figcaption>
        <strong>${name}</strong>
        ${series.map(({ style, legend }) =>
          html`
            <span class="key ${style}">${legend}</span>
          `
        )}
        <span>at most ${exact(highest)}</span>
      </figcaption>
      <svg class="bars" role="img" aria-labelledby="${id}-t">
        <title id="${id}-t">${name} in the last two minutes: ${summary}.</title>
        <svg viewBox="0 0 ${values.length} ${HEIGHT}" preserveAspectRatio="none">
          ${series.map(({ style, path }) => html`<path class="${style}" d="${path}" />`)}
        </svg>
      </svg>
      <p class="axis" aria-hidden="true"><span>2 minutes ago</span><span>now</span></p>
    </figure>
  `;
}

function scaled(value: number, highest: number): number {
  return value === 0 ? 0 : Math.max(LEAST_HEIGHT, Math.round(value / highest * HEIGHT));
}

/** A bar for each height that is not 0, on top of what is `below`. */
function bars(heights: readonly number[], below: readonly number[] = []): string {
  return heights.map((height, at) => {
    if (height === 0) return "";
    return `M${at} ${HEIGHT - (below[at] ?? 0)}v-${height}h${BAR_WIDTH}v${height}z`;
  }).join("");
}

function byMinute(minutes: readonly ReportedWindow[], id: string): Html {
  return html`
    <details id="${id}-minutes">
      <summary>The last hour by the minute, as a table</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Minute (UTC)</th>
            <th scope="col" class="number">Reads</th>
            <th scope="col" class="number">Writes</th>
            <th scope="col" class="number">Compared</th>
            <th scope="col" class="number">Diffs</th>
          </tr>
        </thead>
        <tbody>${minutes.toReversed().map((window) =>
          html`
            <tr>
              <th scope="row">${dayAndMinute(new Date(window.startMs).toISOString()).slice(-5)}</th>
              <td class="number">${exact(window.reads)}</td>
              <td class="number">${exact(window.writes)}</td>
              <td class="number">${exact(window.compared)}</td>
              <td class="number">${exact(window.diffs)}</td>
            </tr>
          `
        )}</tbody>
      </table>
    </details>
  `;
}
