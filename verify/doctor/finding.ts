/** Something that stands in the way of a move from one map to another, or that its owner should know before it. */
export interface Finding {
  /** What was checked. */
  readonly check: "traits" | "keys" | "values" | "clock" | "eviction" | "entries";
  /** A `problem` must be solved before the move; a `note` may matter or not, as the service uses the map. */
  readonly level: "problem" | "note";
  /** What was found, in one sentence. */
  readonly text: string;
  /** What to do about it. */
  readonly advice: string;
  /** Some of the entries that it is about. Empty unless keys may be shown. */
  readonly examples: readonly string[];
}

/** A finding about no entry in particular. */
export function finding(check: Finding["check"], level: Finding["level"], text: string, advice: string): Finding {
  return { check, level, text, advice, examples: [] };
}
