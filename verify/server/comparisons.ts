import { html } from "hono/html";
import { DIFF_KINDS, type TwinReport } from "../report.ts";
import { count, percent } from "./units.ts";

type Html = ReturnType<typeof html>;

/** What became of the comparisons that were due: every one is in one row. */
export function comparisons(report: TwinReport, id: string): Html {
  const rows: [string, number, string, boolean][] = [
    ["compared", report.compared, "came to an end", false],
    ["matched", report.matched, "equal at once", true],
    ["transient", report.transient, "different at first, equal on the re-check", true],
    ["diffs", report.diffs, "different, and on the re-check too", true],
    ["inconclusive", report.inconclusive, "the key was written to meanwhile, every time", false],
    ["dropped", report.dropped, "not made, because a bound was reached or the stage left", false],
    ["pending", report.pending, "still to be made", false],
  ];
  return html`
    <section id="${id}-due" aria-labelledby="${id}-due-h">
      <h3 id="${id}-due-h">Comparisons</h3>
      <div class="scroll" id="${id}-due-scroll" tabindex="0" role="region" aria-labelledby="${id}-due-h">
        <table>
          <caption>Of the sampled keys (${percent(report.sample)} of all)</caption>
          <thead>
            <tr>
              <th scope="col">What became of it</th>
              <th scope="col" class="number">Count</th>
            </tr>
          </thead>
          <tbody>${rows.map(([name, value, meaning, isPart]) =>
            html`
              <tr${isPart
                ? html`
                  class="part"
                `
                : ""}>
                <th scope="row">${name} <small>${meaning}</small></th>
                <td class="number">${count(value)}</td>
                </tr>
            `
          )}</tbody>
          <tfoot>
            <tr>
              <th scope="row">due <small>compared + inconclusive + dropped + pending</small></th>
              <td class="number">${count(report.due)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
    </section>
  `;
}

/** Diffs by kind. */
export function diffKinds(report: TwinReport, id: string): Html {
  const meaning: Record<typeof DIFF_KINDS[number], string> = {
    missing: "the old map has it, the new one not",
    extra: "the new map has it, the old one not",
    value: "both have it, with different values",
    result: "a write was answered differently",
    error: "one side threw",
    order: "iterated in another order",
  };
  return html`
    <section id="${id}-kinds" aria-labelledby="${id}-kinds-h">
      <h3 id="${id}-kinds-h">Diffs by kind</h3>
      <div class="scroll" id="${id}-kinds-scroll" tabindex="0" role="region" aria-labelledby="${id}-kinds-h">
        <table>
          <caption>Since ${report.startedAt.slice(0, 16).replace("T", " ")} UTC</caption>
          <thead>
            <tr>
              <th scope="col">Kind</th>
              <th scope="col" class="number">Diffs</th>
            </tr>
          </thead>
          <tbody>${DIFF_KINDS.map((kind) =>
            html`
              <tr${report.byKind[kind] > 0
                ? html`
                  class="bad"
                `
                : ""}>
                <th scope="row">${kind} <small>${meaning[kind]}</small></th>
                <td class="number">${count(report.byKind[kind])}</td>
                </tr>
            `
          )}</tbody>
        </table>
      </div>
    </section>
  `;
}
