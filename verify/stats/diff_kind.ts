/** What can differ between the two sides. */
export type DiffKind = "missing" | "extra" | "value" | "result" | "error" | "order" | "expiry" | "aliased";

/**
 * The kinds of diff. `missing`: the new map lacks a key that the old one has; `extra`: the other way round; `result`: a
 * mirrored write answered differently, or at a sweep, where no key differs, `size` or an iteration did; `order`: maps in
 * insertion order iterate in different orders, of which a sweep compares all entries, and each iteration that callers begin
 * where reads are compared makes the first 1,000 due; `expiry`: the entry expires at another time, or on one side only; `aliased`: the value was changed in place after it was set, where one side
 * keeps the object and the other one a copy.
 */
export const DIFF_KINDS: readonly DiffKind[] = [
  "missing",
  "extra",
  "value",
  "result",
  "error",
  "order",
  "expiry",
  "aliased",
];
