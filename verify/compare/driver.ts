/** Looks at what is due, off the caller's path, and hands each look to the `Comparisons`. */
export interface Driver {
  /** Comparisons are due: begin with them, unless that is under way. */
  compare(): void;
  /** Suspects wait: begin to re-check them, unless that is under way. */
  recheck(): void;
}
