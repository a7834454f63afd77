import { printable } from "../../src/inspection/printable.ts";
import type { DifferenceKind, MapDifference } from "../diff/map_difference.ts";
import type { DiffProgress } from "../diff/progress.ts";
import type { Redactor } from "../report/redaction.ts";
import { counted } from "./numbers.ts";

/** A difference as it is shown: the key and the values as texts. */
export interface ListedDifference {
  readonly kind: DifferenceKind;
  readonly key: string;
  readonly old?: string;
  readonly new?: string;
}

/** In what two maps differ. */
export interface FoundDiff extends DiffProgress {
  /** The names of the classes of the maps. */
  readonly old: string;
  readonly new: string;
  /** How many keys differ. */
  readonly differences: number;
  /** How many more keys were written to whenever they were looked at. */
  readonly inconclusive: number;
  /** The first of them. */
  readonly listed: readonly ListedDifference[];
}

/** Counts the differences, and keeps the first ones. */
export class ListedDifferences {
  readonly #limit: number;
  readonly #redactor: Redactor;
  readonly #listed: ListedDifference[] = [];
  #differences = 0;
  #inconclusive = 0;

  /** @param limit How many are kept at most. */
  constructor(limit: number, redactor: Redactor) {
    this.#limit = limit;
    this.#redactor = redactor;
  }

  /** Adds one. */
  add(difference: MapDifference<unknown, unknown>): void {
    if (difference.kind === "inconclusive") this.#inconclusive++;
    else this.#differences++;
    if (this.#listed.length < this.#limit) this.#listed.push(this.#shown(difference));
  }

  /** What was added so far. */
  found(): Pick<FoundDiff, "differences" | "inconclusive" | "listed"> {
    return { differences: this.#differences, inconclusive: this.#inconclusive, listed: this.#listed };
  }

  #shown(difference: MapDifference<unknown, unknown>): ListedDifference {
    const { kind, key } = difference;
    const shown = { kind, key: this.#redactor.key(key) };
    if ("old" in difference && "new" in difference) {
      return { ...shown, ...this.#redactor.values(difference.old, difference.new) };
    }
    if ("old" in difference) return { ...shown, old: this.#redactor.value(difference.old) };
    return "new" in difference ? { ...shown, new: this.#redactor.value(difference.new) } : shown;
  }
}

/** Describes the differences for people: the verdict, what it is based on, and the first differences. */
export function describeDiff(
  { oldMap, newMap, repair }: { readonly oldMap: string; readonly newMap: string; readonly repair: boolean },
  found: FoundDiff,
): string {
  const { differences, inconclusive, listed } = found;
  const entries = counted(found.entries, "entry", "entries");
  const lines = [
    verdict(found),
    "",
    `Old   ${printable(oldMap)} (${printable(found.old)})`,
    `New   ${printable(newMap)} (${printable(found.new)})`,
    `Read  ${found.method === "digests" ? `digests of ${entries}` : entries}; nothing was written${
      repair ? " yet" : ""
    }`,
    ...listed.length === 0 ? [] : ["", ...listed.map(described)],
    ...listed.length < differences + inconclusive ? [`and ${differences + inconclusive - listed.length} more`] : [],
  ];
  return `${lines.join("\n")}\n`;
}

function verdict({ differences, inconclusive }: FoundDiff): string {
  const found = differences === 0 ? "No difference found" : `${counted(differences, "difference")} found`;
  if (inconclusive === 0) return found;
  return `${found}, and ${counted(inconclusive, "key")} that ${
    inconclusive === 1 ? "was" : "were"
  } written to meanwhile`;
}

function described({ kind, key, old, new: next }: ListedDifference): string {
  const values = [old === undefined ? "" : `  old ${old}`, next === undefined ? "" : `  new ${next}`];
  return printable(`${kind.padEnd("inconclusive".length)}  ${key}${values.join("")}`);
}
