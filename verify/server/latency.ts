import { html } from "hono/html";
import type { TwinReport } from "../report.ts";
import { count, duration } from "./units.ts";

type Html = ReturnType<typeof html>;

const QUANTILES = [["p50", "half of the reads"], ["p99", "99 of 100"], ["p999", "999 of 1,000"]] as const;

/** How long the same reads took on both sides. */
export function latency(report: TwinReport, id: string): Html {
  const { old, new: fresh } = report.latency;
  return html`
    <section id="${id}-latency" aria-labelledby="${id}-latency-h">
      <h3 id="${id}-latency-h">Latency</h3>
      <div class="scroll" id="${id}-latency-scroll" tabindex="0" role="region"
        aria-labelledby="${id}-latency-h">
        <table>
          <caption>Sampled reads, done by both maps within</caption>
          <thead>
            <tr>
              <th scope="col">Share of reads</th>
              <th scope="col" class="number">Old</th>
              <th scope="col" class="number">New</th>
              <th scope="col" class="number">New / old</th>
            </tr>
          </thead>
          <tbody>${QUANTILES.map(([name, meaning]) =>
            html`
              <tr>
                <th scope="row">${name === "p999" ? "p99.9" : name} <small>${meaning}</small></th>
                <td class="number">${duration(old[name])}</td>
                <td class="number">${duration(fresh[name])}</td>
                <td class="number">${ratio(old[name], fresh[name])}</td>
              </tr>
            `
          )}</tbody>
          <tfoot>
            <tr>
              <th scope="row">measured</th>
              <td class="number">${count(old.count)}</td>
              <td class="number">${count(fresh.count)}</td>
              <td></td>
            </tr>
          </tfoot>
        </table>
      </div>
    </section>
  `;
}

function ratio(old: number | null, fresh: number | null): string {
  if (old === null || fresh === null || old === 0) return "–";
  return `${(fresh / old).toFixed(2)} ×`;
}
