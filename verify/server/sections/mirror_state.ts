import { html } from "hono/html";
import type { Traits } from "../../../src/concurrent_map.ts";
import type { TwinReport } from "../../report/report.ts";
import { count, exact } from "../units.ts";

type Html = ReturnType<typeof html>;

const TRAITS: readonly [keyof Traits, string][] = [
  ["order", "Iteration order"],
  ["iteration", "Iteration under writes"],
  ["maxVisitedOnce", "Entries up to which an iteration repeats none"],
  ["snapshot", "Cost of a snapshot"],
  ["keys", "Keys"],
  ["values", "Values"],
  ["maxEntries", "Largest number of entries"],
  ["maxKeyBytes", "Longest key in bytes"],
  ["maxValueBytes", "Longest value in bytes"],
  ["scope", "Shared within one"],
  ["atomic", "Each method is one step to the"],
  ["evicts", "Evicts entries"],
  ["touches", "Reads change it"],
  ["expires", "Entries expire"],
  ["expiryPrecisionMs", "Milliseconds by which an entry may outlive its time"],
];

const BROKEN = html`
  <p class="notice bad">
    The other map fails or does not answer. Writes to it are put off: their keys go to the journal until a copy succeeds.
  </p>
`;

/** How mirrored writes and the owner's functions are doing, and the traits in which the two maps differ. */
export function mirrorState(report: TwinReport, id: string): Html {
  const { mirror, hookErrors, traits } = report;
  const differing = TRAITS.filter(([trait]) => traits.old[trait] !== traits.new[trait]);
  return html`
    <section id="${id}-mirror">
      <h3>Mirror and hooks</h3>
      <div>
        ${mirror.broken ? BROKEN : ""}
        <div class="columns">
          <table class="counts">
            <caption>Writes are mirrored ${mirror.mode === "inline"
              ? "before the call returns"
              : "soon after the call"}</caption>
            <tbody>
              ${row("errors", "mirrored writes that threw on the other map", mirror.errors, "bad")}
              ${row("waiting", "queued writes that are not applied yet", mirror.pending, "")}
              ${row(
                "journal",
                "keys to be copied again: a write to them failed, or may still take effect",
                mirror.journaled,
                "bad",
              )}
              ${row("overruns", "queue full: a caller applied a waiting write, or waited", mirror.overruns, "warn")}
              ${row("hook errors", "your onDiff, onEvent, equals, ignore, clock or hotKeys threw", hookErrors, "bad")}
            </tbody>
          </table>
          ${differing.length === 0 ? "" : differingTraits(traits, differing)}
        </div>
      </div>
    </section>
  `;
}

function row(name: string, meaning: string, value: number, style: string): Html {
  return html`
    <tr class="${style} ${value === 0 ? "zero" : ""}">
      <th scope="row">${name} <small>${meaning}</small></th>
      <td class="number">${exact(value)}</td>
    </tr>
  `;
}

function differingTraits(traits: TwinReport["traits"], differing: typeof TRAITS): Html {
  return html`
    <table>
      <caption>Traits in which the two maps differ</caption>
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
  `;
}

function told(value: Traits[keyof Traits]): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "number" ? (value === Infinity ? "no limit" : count(value)) : value;
}
