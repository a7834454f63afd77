/** How many operations callers have made. */
export interface OperationCounts {
  /** Reads by callers. */
  reads: number;
  /** Writes by callers. */
  writes: number;
}

/**
 * Stands in for counts while no operation comes, and calls `wake` when one is counted. So whoever waits for the next operation
 * costs those that come after it nothing: they are counted by the counts themselves again.
 */
export class RestingCounts implements OperationCounts {
  readonly #counts: OperationCounts;
  readonly #wake: () => void;

  constructor(counts: OperationCounts, wake: () => void) {
    this.#counts = counts;
    this.#wake = wake;
  }

  get reads(): number {
    return this.#counts.reads;
  }

  set reads(reads: number) {
    this.#counts.reads = reads;
    this.#wake();
  }

  get writes(): number {
    return this.#counts.writes;
  }

  set writes(writes: number) {
    this.#counts.writes = writes;
    this.#wake();
  }
}
