/** The keys and values that both maps of a case take, and how an answer is written so that it can be compared. */
import type { Traits } from "@twinmap/twinmap";

const ANY_KEYS: readonly unknown[] = ["a", "b", "c", 1, "1", 0, -0, NaN, undefined];
const STORED_KEYS: readonly unknown[] = ["a", "b", "c", 1, "1", 0, -0, "", 2 ** 40];
const INTEGERS: readonly unknown[] = [1, 2, 3, 0, -0, -1, 2 ** 31, -(2 ** 31), 2 ** 40];

/** Two are equal and not the same. */
const ANY_VALUES: readonly unknown[] = [7, 0, -0, undefined, { name: "Ada" }, { name: "Ada" }];
/** Objects of which no two are equal: a map of copies does not tell equal ones apart. */
const COPIED_VALUES: readonly unknown[] = [7, 0, -0, undefined, { name: "Bob" }, { name: "Eve" }];
const NUMBERS: readonly unknown[] = [7, 0, -0, 1.5, NaN, Infinity];

export class Domain {
  readonly keys: readonly unknown[];
  readonly values: readonly unknown[];
  /** What `compareAndSet` may expect: maps of copies compare objects otherwise than maps of references. */
  readonly expected: readonly unknown[];
  /** Whether both maps keep the order of insertion. */
  readonly isOrdered: boolean;
  readonly #copies: boolean;

  /** What maps with all these traits take. */
  constructor(traits: readonly Traits[]) {
    const some = (trait: Traits["keys"] | Traits["values"]) =>
      traits.some((of) => [of.keys, of.values].includes(trait));
    this.#copies = some("copy");
    this.isOrdered = traits.every(({ order }) => order === "insertion");
    this.keys = some("integers") ? INTEGERS : some("strings and integers") ? STORED_KEYS : ANY_KEYS;
    this.values = some("numbers") ? NUMBERS : this.#copies ? COPIED_VALUES : ANY_VALUES;
    this.expected = this.#copies ? this.values.filter((value) => typeof value !== "object") : this.values;
  }

  /** The key or value at a place of a list; a list that is shorter begins again. */
  at(list: "keys" | "values" | "expected", place: number): unknown {
    return this[list][place % this[list].length];
  }

  /** `answer` as text; tells 0 from -0, and equal objects apart where the maps keep references. */
  written(answer: unknown): string {
    if (Object.is(answer, -0)) return "-0";
    if (typeof answer === "string") return JSON.stringify(answer);
    if (typeof answer !== "object" || answer === null) return String(answer);
    if (Array.isArray(answer)) return `[${answer.map((item) => this.written(item)).join(", ")}]`;
    const place = this.#copies ? -1 : this.values.indexOf(answer);
    return place >= 0 ? `value ${place}` : writtenByContent(answer);
  }

  /** As {@link written}, and a list in an order of its own where the maps have none. */
  writtenUnordered(answer: unknown): string {
    if (this.isOrdered || !Array.isArray(answer)) return this.written(answer);
    return `{${answer.map((item) => this.written(item)).sort().join(", ")}}`;
  }
}

/** `value` as text that is the same for equal values. */
export function writtenByContent(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  return typeof value === "object" || typeof value === "string" ? JSON.stringify(value) : String(value);
}
