/** Thrown when a move, a sweep or a backfill is not allowed at the present stage. */
export class StageError extends Error {
  /** `StageError`. */
  override readonly name = "StageError";
  /** What has to come first, a phrase each; empty if nothing helps. */
  readonly missing: readonly string[];

  /**
   * Creates the error.
   *
   * @param action What was asked for, as in "Cannot …".
   * @param reason Why it is not allowed.
   * @param missing What has to come first, a phrase each.
   */
  constructor(action: string, reason: string, missing: readonly string[] = []) {
    super(`Cannot ${action}: ${reason}`);
    this.missing = missing;
  }
}
