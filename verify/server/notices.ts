import { html } from "hono/html";
import type { Traits } from "../../src/concurrent_map.ts";
import type { TwinReport } from "../report.ts";
import { count, counted } from "./units.ts";

type Html = ReturnType<typeof html>;

const TRAITS: readonly [keyof Traits, string][] = [
  ["order", "Iteration order"],
  ["iteration", "Iteration under writes"],
  ["keys", "Keys"],
  ["values", "Values"],
  ["maxEntries", "Largest number of entries"],
  ["shared", "Shared by workers"],
];

/** What went wrong beside diffs, and what the two maps don't promise alike. The block is there even if it is empty. */
export function notices(report: TwinReport, id: string): Html {
  const { mirror } = report;
  const messages = [
    mirror.errors > 0 && `The other map threw at ${counted(mirror.errors, "mirrored write")}.`,
    mirror.overruns > 0 &&
    `The mirror's queue was full at ${counted(mirror.overruns, "write")}; the caller had to wait.`,
    mirror.pending > 0 && `${counted(mirror.pending, "write")} of the ${mirror.mode} mirror not yet applied.`,
    report.hookErrors > 0 && `Your onDiff or equals threw ${counted(report.hookErrors, "time")}.`,
    report.dropped > 0 && `${counted(report.dropped, "comparison")} dropped: due, but not made.`,
  ].filter((message) => message !== false);
  const traits = TRAITS.filter(([trait]) => report.traits.old[trait] !== report.traits.new[trait]);
  return html`<section id="${id}-notices" class="wide notices" aria-label="Notices">
${messages.map((message) => html`<p class="notice">${message}</p>`)}
${traits.length > 0 && differingTraits(report, traits, id)}
</section>`;
}

function differingTraits({ traits }: TwinReport, differing: typeof TRAITS, id: string): Html {
  return html`
    <div class="notice scroll" id="${id}-traits-scroll" tabindex="0" role="region" aria-label="Traits">
      <table>
        <caption>The two maps do not promise the same</caption>
        <thead>
          <tr>
            <th scope="col">Trait</th>
            <th scope="col">Old</th>
            <th scope="col">New</th>
          </tr>
        </thead>
        <tbody>${differing.map(([trait, label]) =>
          html`
            <tr>
              <th scope="row">${label}</th>
              <td>${told(traits.old[trait])}</td>
              <td>${told(traits.new[trait])}</td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}

function told(value: Traits[keyof Traits]): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "number" ? (value === Infinity ? "no limit" : count(value)) : value;
}
