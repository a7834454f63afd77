import { html } from "hono/html";
import type { ReportedDiff, TwinReport } from "../report.ts";
import { count, timeOfDay } from "./units.ts";

type Html = ReturnType<typeof html>;

/** How many are shown; the JSON has all that were kept. */
const SHOWN = 10;

/** The last diffs, and what differs where. */
export function recentDiffs(report: TwinReport, id: string): Html {
  const shown = report.recent.slice(0, SHOWN);
  return html`
    <section id="${id}-recent" aria-labelledby="${id}-recent-h">
      <h3 id="${id}-recent-h">Last diffs</h3>
      <div>
        ${shown.length === 0
          ? html`<p>None. A diff is shown here with its key and the place at which the values differ.</p>`
          : html`<ol class="diffs">${shown.map(entry)}</ol>`}
        ${shown.length < report.recent.length
          ? html`<p>The newest ${count(shown.length)} of ${
            count(report.recent.length)
          }; the others are in the JSON.</p>`
          : ""}
      </div>
    </section>
  `;
}

/** Where two values differ as a whole. */
const whole = "the value";

function entry({ at, kind, operation, key, old, new: fresh, paths }: ReportedDiff): Html {
  return html`
    <li>
      <p><strong>${kind}</strong> at ${operation}, key <code>${key}</code> <time datetime="${at}">${timeOfDay(
        at,
      )} UTC</time></p>
      <table>
        <thead>
          <tr>
            <th scope="col">Where</th>
            <th scope="col">Old</th>
            <th scope="col">New</th>
          </tr>
        </thead>
        <tbody>${paths.length === 0
          ? place(whole, old, fresh)
          : paths.map((path) => place(path.path || whole, path.old, path.new))}</tbody>
      </table>
    </li>
  `;
}

function place(where: string, old: string, fresh: string): Html {
  return html`
    <tr>
      <th scope="row"><code>${where}</code></th>
      <td><code>${old}</code></td>
      <td><code>${fresh}</code></td>
    </tr>
  `;
}
