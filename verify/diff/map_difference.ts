/** How a key differs between two maps, when it was looked at. */
export type DifferenceKind = "missing" | "extra" | "value" | "error" | "inconclusive";

/** A key that two maps do not hold alike. */
export interface MapDifference<K, V> {
  /**
   * - `missing`: the new map lacks it; `extra`: the old map does;
   * - `value`: both have it, with values that differ by their content;
   * - `error`: a map has something for it that cannot be read, such as a value that its codec cannot decode;
   * - `inconclusive`: it was different each time, but was written to in between, so that nothing is claimed.
   */
  readonly kind: DifferenceKind;
  /** The key. */
  readonly key: K;
  /** The value in the old map; absent if there is none, or it cannot be read. */
  readonly old?: V;
  /** The value in the new map; absent if there is none, or it cannot be read. */
  readonly new?: V;
}
