import { html } from "hono/html";
import type { ReportedDiff, TwinReport } from "../../report/report.ts";
import type { DiffKind } from "../../stats/diff_kind.ts";
import { count, timeOfDay } from "../units.ts";

type Html = ReturnType<typeof html>;

/** How many are shown; the JSON has them all. */
const SHOWN = 10;
/** How many places the summary names. */
const MAX_PLACES = 4;

/** The last diffs, and where the values differ. */
export function recentDiffs({ recent }: TwinReport, id: string): Html {
  return html`
    <section id="${id}-recent">
      <h3>Last diffs</h3>
      <div>
        ${recent.length > SHOWN ? summary(recent) : ""}
        ${recent.length === 0
          ? html`<p>None. Diffs appear here, each with its key and where the values differ.</p>`
          : diffList(recent.slice(0, SHOWN))}
      </div>
    </section>
  `;
}

/** Diffs, each with its key and where the values differ. */
export function diffList(diffs: readonly ReportedDiff[]): Html | "" {
  return diffs.length === 0 ? "" : html`<ol class="diffs">${diffs.map(entry)}</ol>`;
}

/** The most frequent places of the recent diffs. All elements of a list count as one place. */
function summary(recent: readonly ReportedDiff[]): Html {
  const places = new Map<string, number>();
  for (const { kind, paths } of recent) {
    const wheres = paths.map(({ path }) => `${kind} at ${path.replaceAll(/\[\d{1,9}\]/g, "[*]") || whole(kind)}`);
    for (const where of new Set(wheres.length > 0 ? wheres : [kind])) places.set(where, (places.get(where) ?? 0) + 1);
  }
  const most = [...places].sort(([, a], [, b]) => b - a).slice(0, MAX_PLACES);
  const told = most.map(([where, times]) => html`${count(times)}\u00a0×\u00a0<strong>${where}</strong>`);
  return html`
    <p class="summary">Of the last ${count(recent.length)}: ${told.map((place, at) => [at === 0 ? "" : ", ", place])}.
      Here are the newest ${count(SHOWN)}; find others below.</p>
  `;
}

function entry({ at, kind, operation, key, old, new: fresh, paths }: ReportedDiff): Html {
  return html`
    <li>
      <div>
        <p><strong>${kind}</strong> at ${operation} <time datetime="${at}">${timeOfDay(at)} UTC</time></p>
        <p><code>${key}</code></p>
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col"><span>Where</span></th>
            <th scope="col"><span>Old</span></th>
            <th scope="col"><span>New</span></th>
          </tr>
        </thead>
        <tbody>${paths.length === 0
          ? place(whole(kind), old, fresh)
          : paths.map((path) => place(path.path || whole(kind), path.old, path.new))}</tbody>
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

/** The name of the whole of what differs. */
function whole(kind: DiffKind): string {
  if (kind === "result") return "the answer";
  return kind === "order" ? "the key visited" : "the value";
}
