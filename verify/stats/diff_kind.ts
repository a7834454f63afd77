/** What can differ between the two sides. */
export type DiffKind = "missing" | "extra" | "value" | "result" | "error" | "order";

/** The kinds of diff. `missing`: the new map lacks a key that the old one has; `extra`: the other way round. */
export const DIFF_KINDS: readonly DiffKind[] = ["missing", "extra", "value", "result", "error", "order"];
