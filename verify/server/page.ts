import { html, raw } from "hono/html";
import type { TwinReport } from "../report.ts";
import { charts } from "./chart.ts";
import { comparisons, diffKinds } from "./comparisons.ts";
import { controlForm } from "./control_form.ts";
import { diffRate, verdict } from "./diff_rate.ts";
import { latency } from "./latency.ts";
import { notices } from "./notices.ts";
import { recentDiffs } from "./recent_diffs.ts";
import { SCRIPT } from "./script.ts";
import { stageRail } from "./stage_rail.ts";
import { STYLE } from "./style.ts";

type Html = ReturnType<typeof html>;

/** What the page has beside the reports. */
export interface PageOptions {
  /** Whether twins can be moved from the page. */
  readonly hasControl: boolean;
  /** What could not be done, and for which twin. */
  readonly problem?: { readonly twin: string; readonly text: string };
}

/** The page. Its links and forms have a query and no path, so that they work wherever it is mounted. */
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
        <link rel="icon" href="data:,">
        <style>${raw(STYLE)}</style>
      </head>
      <body>
        <header><h1>TwinMap</h1>
    ${reports.length > 1 && html`
      <nav aria-label="Twins">
        <ul>${reports.map(({ name }, at) => html`<li><a href="#${idOf(at)}">${name}</a></li>`)}</ul>
      </nav>
    `}
    <p id="connection"><noscript>Reload for the current numbers.</noscript></p>
        </header>
        <main>${reports.map((report, at) => twinSection(report, at, options))}</main>
        <footer>
          <p>The same <a href="?show=report">as JSON</a> and <a href="?show=metrics">for Prometheus</a>.</p>
        </footer>
        <script>${raw(SCRIPT)}</script>
      </body>
    </html>
  `;
  return page.toString();
}

function twinSection(report: TwinReport, at: number, { hasControl, problem }: PageOptions): Html {
  const id = idOf(at);
  return html`<section id="${id}" class="twin" aria-labelledby="${id}-h">
<h2 id="${id}-h">${report.name}</h2>
<p class="verdict" role="status">${verdict(report)}</p>
<div class="live" data-live="${id}">${liveBlocks(report, id)}</div>
${hasControl && controlForm(report, id, problem?.twin === report.name ? problem.text : undefined)}
</section>`;
}

/** The part that is kept current, as HTML: each block is a child with an id, so that only those that changed are replaced. */
export async function renderLive(report: TwinReport, at: number): Promise<string> {
  return (await liveBlocks(report, idOf(at))).toString();
}

/** The name of a twin's part, in the page and in events; a twin's own name could hold anything. */
export function idOf(at: number): string {
  return `twin-${at + 1}`;
}

function liveBlocks(report: TwinReport, id: string): Html {
  return html`${stageRail(report, id)}
${diffRate(report, id)}
${diffKinds(report, id)}
${notices(report, id)}
${charts(report, id)}
${latency(report, id)}
${comparisons(report, id)}
${recentDiffs(report, id)}`;
}
