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
  missing: "only the old map has the key",
  extra: "only the new map has the key",
  value: "both have the key, with different values",
  result: "a write returned different results",
  error: "one side threw",
  order: "the maps iterate in different orders",
  expiry: "the entry expires at another time, or on one side only",
  aliased: "the value was changed in place after it was set",
};

/** The outcomes of the comparisons that were due, and the diffs by kind. */
export function comparisons(report: TwinReport, id: string): Html {
  const due: Row[] = [
    { name: "compared", meaning: "ended with a result", value: report.compared, style: "" },
    { name: "matched", meaning: "equal on the first look", value: report.matched, style: "part" },
    { name: "late", meaning: "different at first, equal when checked again", value: report.late, style: "part" },
    { name: "diffs", meaning: "different, and again when checked again", value: report.diffs, style: "part bad" },
    { name: "evicted", meaning: "a map had removed the key on its own", value: report.evicted, style: "" },
    { name: "ignored", meaning: "your ignore leaves out the key", value: report.ignored, style: "" },
    {
      name: "inconclusive",
      meaning: "written to whenever it was looked at",
      value: report.inconclusive,
      style: "warn",
    },
    {
      name: "dropped",
      meaning: "not made: a bound was reached, or the stage changed",
      value: report.dropped,
      style: "warn",
    },
    { name: "pending", meaning: "still waiting", value: report.pending, style: "" },
    {
      name: "due",
      meaning: "compared + evicted + ignored + inconclusive + dropped + pending",
      value: report.due,
      style: "sum",
    },
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
        ${table(`Outcomes, for ${percent(report.sample)} of the keys`, due)}
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
