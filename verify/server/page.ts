import { html, raw } from "hono/html";
import type { TwinReport } from "../report/report.ts";
import { activity } from "./sections/activity.ts";
import { comparisons } from "./sections/comparisons.ts";
import { controlForm, type Notice, workControls } from "./sections/control_form.ts";
import { diffRate } from "./sections/diff_rate.ts";
import type { DiffFilter } from "./diff_filter.ts";
import { findDiffs } from "./sections/find_diffs.ts";
import { gate } from "./sections/gate.ts";
import { hotKeys } from "./sections/hot_keys.ts";
import { latency } from "./sections/latency.ts";
import { mirrorState } from "./sections/mirror_state.ts";
import { recentDiffs } from "./sections/recent_diffs.ts";
import { rolloutControls } from "./sections/rollout_controls.ts";
import { rolloutPlan } from "./sections/rollout_plan.ts";
import { SCRIPT } from "./script.ts";
import { stageRail } from "./sections/stage_rail.ts";
import { STYLE } from "./style.ts";
import { timeOfDay } from "./units.ts";
import { entry, turn, verdict } from "./sections/verdict.ts";

type Html = ReturnType<typeof html>;

/** What the page shows beside the reports. */
export interface PageOptions {
  /** Whether twins can be moved from the page. */
  readonly hasControl: boolean;
  /** What a form did, or why it was refused. */
  readonly notice?: Notice;
  /** Which diffs somebody wants to find, and of which twin: without its name, of every one. */
  readonly find?: { readonly twin: string | undefined; readonly filter: DiffFilter };
}

/** Two overlapping circles. As a `data:` URL, they are the icon too. */
const MARK = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 20" width="32" height="20" aria-hidden="true">` +
  `<g fill="none" stroke="#2f7d95" stroke-width="2.5"><circle cx="11" cy="10" r="8"/><circle cx="21" cy="10" r="8"/></g></svg>`;

/** The page. Its links and forms have only a query, so that they work under any path. */
export async function renderPage(reports: readonly TwinReport[], options: PageOptions): Promise<string> {
  const names = reports.map(({ name }) => name).join(", ");
  const page = await html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <title>${names} – TwinMap</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:image/svg+xml,${encodeURIComponent(MARK)}">
        <style>${raw(STYLE)}</style>
      </head>
      <body>
        <header>
          <h1>${raw(MARK)} TwinMap</h1>
          <p class="now">
            <span id="connection" role="status"></span>
            <noscript>Reload for the current numbers.</noscript>
            <span id="as-of">${asOf(reports)}</span>
          </p>
        </header>
        <main>${reports.map((report, at) => (reports.length > 1 ? card : twinPart)(report, idOf(at), options))}</main>
        <footer>
          <p>The same <a href="?show=report">as JSON</a> and <a href="?show=metrics">for Prometheus</a>.</p>
        </footer>
        <script>${raw(SCRIPT)}</script>
      </body>
    </html>
  `;
  return page.toString().trimStart();
}

/** When the reports were made. */
export function asOf(reports: readonly TwinReport[]): string {
  return `${timeOfDay(reports[0]?.reportedAt ?? "")} UTC`;
}

/** The parts of the page that are kept current: each is one element, and replaces the element with the same id. */
export async function renderParts(reports: readonly TwinReport[], hasControl: boolean): Promise<string[]> {
  const parts = reports.flatMap((report, at) => {
    const id = idOf(at);
    const own = [turn, ...SECTIONS, ...(hasControl ? [workControls, rolloutControls] : [])].map((part) =>
      part(report, id)
    );
    return reports.length > 1 ? [entry(report, id), ...own] : own;
  });
  return (await Promise.all(parts)).map(String).filter((part) => part !== "");
}

const FIRST = [verdict, stageRail, rolloutPlan];
const FINDINGS = [gate, diffRate, recentDiffs];
const COUNTS = [comparisons, activity, hotKeys, latency, mirrorState];
const SECTIONS = [...FIRST, ...FINDINGS, ...COUNTS];

/** What the ids of a twin's elements begin with; its own name can hold anything. */
function idOf(at: number): string {
  return `twin-${at + 1}`;
}

/** A twin among several: closed, so that one sees them all, unless something was asked of it. */
function card(report: TwinReport, id: string, options: PageOptions): Html {
  const isOpen = options.notice?.twin === report.name || options.find?.twin === report.name;
  return html`
    <article id="${id}" class="card" aria-labelledby="${id}-h">
      ${turn(report, id)}
      <details ${isOpen ? "open" : ""}>
        <summary><h2 id="${id}-h">${report.name}</h2> ${entry(report, id)}</summary>
        ${content(report, id, options)}
      </details>
    </article>
  `;
}

/** The only twin. */
function twinPart(report: TwinReport, id: string, options: PageOptions): Html {
  return html`
    <article id="${id}" aria-labelledby="${id}-h">
      <h2 id="${id}-h">${report.name}</h2>
      ${turn(report, id)} ${content(report, id, options)}
    </article>
  `;
}

function content(report: TwinReport, id: string, { hasControl, notice, find }: PageOptions): Html {
  const own = notice !== undefined && (notice.twin ?? report.name) === report.name ? notice : undefined;
  const filter = find !== undefined && (find.twin ?? report.name) === report.name ? find.filter : undefined;
  return html`
    ${FIRST.map((section) => section(report, id))}
    ${hasControl ? controlForm(report, id, own) : ""}
    ${FINDINGS.map((section) => section(report, id))}
    ${findDiffs(report, id, filter)}
    ${COUNTS.map((section) => section(report, id))}
  `;
}
