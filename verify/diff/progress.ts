/** How far a comparison of two maps has come. */
export interface DiffProgress {
  /** How many entries were read or digested so far, of both maps and in all walks. */
  entries: number;
  /** Whether digests are compared, or each key. */
  method: "digests" | "keys";
}
