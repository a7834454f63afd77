import { html } from "hono/html";
import type { TwinReport } from "../../report/report.ts";
import { DIFF_KINDS, type DiffKind } from "../../stats/diff_kind.ts";
import { dayAndMinute, exact, percent } from "../units.ts";

type Html = ReturnType<typeof html>;

interface Row {
  name: string;
  meaning: string;
  value: number;
  style: string;
}

const KINDS: Record<DiffKind, string> = {
  missing: "the old map has it, the new one not",
  extra: "the new map has it, the old one not",
  value: "both have it, with different values",
  result: "a write was answered differently",
  error: "one side threw",
  order: "iterated in another order",
};

/** What became of the comparisons that were due, each of them in one row; and the diffs by kind. */
export function comparisons(report: TwinReport, id: string): Html {
  const due: Row[] = [
    { name: "compared", meaning: "came to an end", value: report.compared, style: "" },
    { name: "matched", meaning: "equal at once", value: report.matched, style: "part" },
    { name: "transient", meaning: "different, but equal on the re-check", value: report.transient, style: "part" },
    { name: "diffs", meaning: "different, and on the re-check too", value: report.diffs, style: "part bad" },
    { name: "evicted", meaning: "a map had removed the key on its own", value: report.evicted, style: "" },
    { name: "inconclusive", meaning: "written to each time it was tried", value: report.inconclusive, style: "warn" },
    {
      name: "dropped",
      meaning: "not made: a bound was reached, or the stage left",
      value: report.dropped,
      style: "warn",
    },
    { name: "pending", meaning: "still to be made", value: report.pending, style: "" },
    { name: "due", meaning: "compared + evicted + inconclusive + dropped + pending", value: report.due, style: "sum" },
  ];
  const kinds = DIFF_KINDS.map((kind) => ({
    name: kind,
    meaning: KINDS[kind],
    value: report.byKind[kind],
    style: "bad",
  }));
  return html`
    <section id="${id}-due">
      <h3>Comparisons</h3>
      <div class="columns">
        ${table(`What became of them, at ${percent(report.sample)} of the keys`, due)}
        ${table(`Diffs by kind, since ${dayAndMinute(report.startedAt)} UTC`, kinds)}
      </div>
    </section>
  `;
}

function table(caption: string, rows: readonly Row[]): Html {
  return html`
    <table class="counts">
      <caption>${caption}</caption>
      <tbody>${rows.map(({ name, meaning, value, style }) =>
        html`
          <tr class="${style} ${value === 0 ? "zero" : ""}">
            <th scope="row">${name} <small>${meaning}</small></th>
            <td class="number">${exact(value)}</td>
          </tr>
        `
      )}</tbody>
    </table>
  `;
}
