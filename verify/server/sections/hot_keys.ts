import { html } from "hono/html";
import type { ReportedHotKey, TwinReport } from "../../report/report.ts";
import { count, exact } from "../units.ts";

type Html = ReturnType<typeof html>;

/** How many are shown; the JSON has them all. */
const SHOWN = 20;

/** The most used keys, if the twin has a source of them. */
export function hotKeys({ hotKeys }: TwinReport, id: string): Html | "" {
  if (hotKeys === null) return "";
  return html`
    <section id="${id}-hot-keys">
      <h3>Hot keys</h3>
      <div>${hotKeys.length === 0 ? html`<p>No operation has been counted yet.</p>` : table(hotKeys)}</div>
    </section>
  `;
}

function table(hotKeys: readonly ReportedHotKey[]): Html {
  const highest = Math.max(1, ...hotKeys.map((hot) => hot.count));
  return html`
    <table class="hot-keys">
      <caption>${hotKeys.length > SHOWN
        ? html`The ${count(SHOWN)} most used keys, of ${count(hotKeys.length)} in the
          <a href="?show=report">JSON</a>`
        : "The most used keys"}</caption>
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col" class="number">Operations</th>
          <th scope="col" class="number">Overcounted by</th>
          <td class="beside"></td>
        </tr>
      </thead>
      <tbody>${hotKeys.slice(0, SHOWN).map((hot) =>
        html`
          <tr>
            <th scope="row"><code>${hot.key}</code></th>
            <td class="number">${exact(hot.count)}</td>
            <td class="number">${hot.error === 0 ? "0" : html`up to ${exact(hot.error)}`}</td>
            <td class="beside">${bar((hot.count - hot.error) / highest, hot.count / highest)}</td>
          </tr>
        `
      )}</tbody>
    </table>
  `;
}

/** Pale up to the count, solid as far as it is certain. The numbers stand beside it. */
function bar(sure: number, most: number): Html {
  const width = (share: number) => `${(share * 100).toFixed(1)}%`;
  return html`
    <svg class="bar" aria-hidden="true">
      <rect class="unsure" width="${width(most)}" />
      <rect width="${width(sure)}" />
    </svg>
  `;
}
