import { rendered } from "../../src/inspection/rendering.ts";
import type { Finding } from "./finding.ts";

/** What a new map would do to one entry. */
export interface Complaint {
  readonly check: "keys" | "values";
  /** What it says of entries: how many there are comes before it. There is a bounded number of them for one map. */
  readonly text: { readonly one: string; readonly many: string };
  readonly advice: string;
  /** Where in the value it is. */
  readonly path?: string | undefined;
}

/** How many different complaints are kept. */
const MAX_KINDS = 100;
const MAX_EXAMPLES = 3;

interface Counted {
  readonly complaint: Complaint;
  count: number;
  readonly examples: string[];
}

/** Counts like complaints about entries, in bounded memory. */
export class Tally {
  readonly #reveal: boolean;
  readonly #counted = new Map<string, Counted>();
  #others = 0;

  /** @param reveal Whether keys, and the way to a part of a value, may be shown. */
  constructor(reveal: boolean) {
    this.#reveal = reveal;
  }

  /** Counts a complaint about the entry of `key`. */
  add(complaint: Complaint, key: unknown): void {
    const { many } = complaint.text;
    let counted = this.#counted.get(many);
    if (counted === undefined) {
      if (this.#counted.size === MAX_KINDS) {
        this.#others++;
        return;
      }
      counted = { complaint, count: 0, examples: [] };
      this.#counted.set(many, counted);
    }
    counted.count++;
    if (this.#reveal && counted.examples.length < MAX_EXAMPLES) {
      counted.examples.push(`${rendered(key)}${complaint.path ? ` at ${complaint.path}` : ""}`);
    }
  }

  /** A finding for each kind, those of most entries first. */
  findings(): Finding[] {
    const byCount = [...this.#counted.values()].sort((a, b) => b.count - a.count);
    const found = byCount.map(({ complaint: { check, text, advice }, count, examples }): Finding => ({
      check,
      level: "problem",
      text: `${count.toLocaleString("en")} ${count === 1 ? text.one : text.many}.`,
      advice,
      examples,
    }));
    if (this.#others === 0) return found;
    const text = `${this.#others.toLocaleString("en")} more entries have other problems.`;
    return [...found, { check: "values", level: "problem", text, advice: "Solve the others first.", examples: [] }];
  }
}
