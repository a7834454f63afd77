import { html } from "hono/html";
import type { ReportedDiff, ReportedPath, TwinReport } from "../report.ts";
import { count, dayAndTime } from "./units.ts";

type Html = ReturnType<typeof html>;

/** How many are shown; the JSON has all that were kept. */
const SHOWN = 25;

/** The last diffs, and what differs where. */
export function recentDiffs(report: TwinReport, id: string): Html {
  const { recent } = report;
  return html`<section id="${id}-recent" class="wide" aria-labelledby="${id}-recent-h">
<h3 id="${id}-recent-h">Last diffs</h3>
${recent.length === 0 ? html`<p>None.</p>` : table(recent, id)}
</section>`;
}

function table(recent: readonly ReportedDiff[], id: string): Html {
  const shown = recent.slice(0, SHOWN);
  return html`
    <div class="scroll" id="${id}-recent-scroll" tabindex="0" role="region" aria-labelledby="${id}-recent-h">
      <table class="diffs">
        <caption>The newest first${shown.length < recent.length
          ? `: ${count(shown.length)} of the ${count(recent.length)} in the JSON report`
          : ""}</caption>
        <thead>
          <tr>
            <th scope="col">Kind</th>
            <th scope="col">Operation</th>
            <th scope="col">Key</th>
            <th scope="col">Old</th>
            <th scope="col">New</th>
            <th scope="col">What differs</th>
            <th scope="col">When (UTC)</th>
          </tr>
        </thead>
        <tbody>${shown.map(row)}</tbody>
      </table>
    </div>
  `;
}

function row(diff: ReportedDiff): Html {
  return html`
    <tr>
      <td>${diff.kind}</td>
      <td>${diff.operation}</td>
      <th scope="row"><code>${diff.key}</code></th>
      <td><code>${diff.old}</code></td>
      <td><code>${diff.new}</code></td>
      <td>${paths(diff.paths)}</td>
      <td><time datetime="${diff.at}">${dayAndTime(diff.at)}</time></td>
    </tr>
  `;
}

function paths(paths: readonly ReportedPath[]): Html {
  if (paths.length === 0) return html`–`;
  return html`<ul>${
    paths.map((place) =>
      html`<li><code>${place.path === "" ? "the value" : place.path}</code>: <code>${place.old}</code> →
<code>${place.new}</code></li>`
    )
  }</ul>`;
}
