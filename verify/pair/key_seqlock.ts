/** How many versions are kept. Keys that share one make each other look written, which errs on the safe side. */
const STRIPES = 2 ** 15;

/** How many writes have begun, and how many have ended, in all of this process. */
let changes = 0;

/**
 * Tells whether a key was written while it was read: a seqlock for each stripe of keys. Whoever writes does so between
 * {@link begin} and {@link end}; a read is quiet if {@link version} is the same number before and after it.
 *
 * All seqlocks of a process share one count. So the highest version of a key at several of them stays the same only if none of
 * them saw a write to it.
 */
export class KeySeqlock {
  /** The count at the last change. */
  readonly #versions = new Float64Array(STRIPES);
  /** How many writes are under way. */
  readonly #writing = new Int32Array(STRIPES);
  #versionOfAll = 0;
  #writingAll = 0;

  /** A write to the key with this hash begins. */
  begin(hash: number): void {
    const stripe = hash & (STRIPES - 1);
    this.#versions[stripe] = ++changes;
    (this.#writing[stripe] as number)++;
  }

  /** A write to the key with this hash has ended. */
  end(hash: number): void {
    const stripe = hash & (STRIPES - 1);
    this.#versions[stripe] = ++changes;
    (this.#writing[stripe] as number)--;
  }

  /** A write to all keys begins. */
  beginAll(): void {
    this.#versionOfAll = ++changes;
    this.#writingAll++;
  }

  /** A write to all keys has ended. */
  endAll(): void {
    this.#versionOfAll = ++changes;
    this.#writingAll--;
  }

  /** The version of the key with this hash, which only grows; `undefined` while a write to it is under way. */
  version(hash: number): number | undefined {
    const stripe = hash & (STRIPES - 1);
    if (this.#writingAll > 0 || (this.#writing[stripe] as number) > 0) return undefined;
    return Math.max(this.#versions[stripe] as number, this.#versionOfAll);
  }
}
