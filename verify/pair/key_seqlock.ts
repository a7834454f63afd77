/** How many versions are kept. Keys that share one make each other look written, which errs on the safe side. */
const STRIPES = 2 ** 15;

/**
 * Tells whether a key was written while it was read: a seqlock for each stripe of keys. Whoever writes does so between
 * {@link begin} and {@link end}; a read is quiet if {@link version} is the same number before and after it.
 */
export class KeySeqlock {
  readonly #versions = new Float64Array(STRIPES);
  readonly #writing = new Int32Array(STRIPES);
  #versionOfAll = 0;
  #writingAll = 0;

  /** A write to the key with this hash begins. */
  begin(hash: number): void {
    const stripe = hash & (STRIPES - 1);
    (this.#versions[stripe] as number)++;
    (this.#writing[stripe] as number)++;
  }

  /** A write to the key with this hash has ended. */
  end(hash: number): void {
    const stripe = hash & (STRIPES - 1);
    (this.#versions[stripe] as number)++;
    (this.#writing[stripe] as number)--;
  }

  /** A write to all keys begins. */
  beginAll(): void {
    this.#versionOfAll++;
    this.#writingAll++;
  }

  /** A write to all keys has ended. */
  endAll(): void {
    this.#versionOfAll++;
    this.#writingAll--;
  }

  /** The version of the key with this hash, which only grows; `undefined` while a write to it is under way. */
  version(hash: number): number | undefined {
    const stripe = hash & (STRIPES - 1);
    if (this.#writingAll > 0 || (this.#writing[stripe] as number) > 0) return undefined;
    return (this.#versions[stripe] as number) + this.#versionOfAll;
  }
}
