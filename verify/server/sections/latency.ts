import { html } from "hono/html";
import type { TwinReport } from "../../report/report.ts";
import { count, duration } from "../units.ts";

type Html = ReturnType<typeof html>;

const QUANTILES = [["p50", "p50", "half of the reads"], ["p99", "p99", "99 of 100"], [
  "p999",
  "p99.9",
  "999 of 1,000",
]] as const;

/** How long the same reads took on both sides. */
export function latency(report: TwinReport, id: string): Html {
  const { old, new: fresh } = report.latency;
  return html`
    <section id="${id}-latency">
      <h3>Latency</h3>
      <div>${old.count + fresh.count === 0
        ? html`<p>Nothing has been measured yet. Only reads that are compared are timed.</p>`
        : table(report)}</div>
    </section>
  `;
}

function table({ latency: { old, new: fresh } }: TwinReport): Html {
  return html`
    <table class="latency">
      <caption>Reads that were compared: ${count(old.count)} of the old map, ${count(
        fresh.count,
      )} of the new one</caption>
      <thead>
        <tr>
          <th scope="col">Done within</th>
          <th scope="col" class="number"><span class="key old">Old</span></th>
          <th scope="col" class="number"><span class="key new">New</span></th>
          <th scope="col" class="number">New / old</th>
          <td class="beside"></td>
        </tr>
      </thead>
      <tbody>${QUANTILES.map(([quantile, name, meaning]) =>
        html`
          <tr>
            <th scope="row">${name} <small>${meaning}</small></th>
            <td class="number">${duration(old[quantile])}</td>
            <td class="number">${duration(fresh[quantile])}</td>
            <td class="number">${ratio(old[quantile], fresh[quantile])}</td>
            <td class="beside">${pair(old[quantile] ?? 0, fresh[quantile] ?? 0)}</td>
          </tr>
        `
      )}</tbody>
    </table>
  `;
}

function ratio(old: number | null, fresh: number | null): string {
  if (old === null || fresh === null || old === 0) return "–";
  return `${(fresh / old).toFixed(2)}\u00a0×`;
}

/** Both as bars, the longer one over the full width. The numbers stand beside them. */
function pair(old: number, fresh: number): Html {
  const share = (value: number) => `${(value / Math.max(old, fresh, 1) * 100).toFixed(1)}%`;
  return html`
    <svg class="pair" aria-hidden="true">
      <rect class="old" width="${share(old)}" />
      <rect class="new" y="0.6rem" width="${share(fresh)}" />
    </svg>
  `;
}
