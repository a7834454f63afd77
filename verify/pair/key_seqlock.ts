/** How many versions are kept. Keys that share one make each other look written, which errs on the safe side. */
const STRIPES = 2 ** 15;

/** So many keys are watched one by one. */
const MAX_WATCHED = 2 ** 14;

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
  /** The keys that are watched one by one, by their hash. */
  readonly #watched = new Map<number, { version: number; writing: number }>();
  #versionOfAll = 0;
  #writingAll = 0;

  /** A write to the key with this hash begins. */
  begin(hash: number): void {
    const stripe = hash & (STRIPES - 1);
    this.#versions[stripe] = ++changes;
    (this.#writing[stripe] as number)++;
    if (this.#watched.size > 0) this.#seen(hash, 1);
  }

  /** A write to the key with this hash has ended. */
  end(hash: number): void {
    const stripe = hash & (STRIPES - 1);
    this.#versions[stripe] = ++changes;
    (this.#writing[stripe] as number)--;
    if (this.#watched.size > 0) this.#seen(hash, -1);
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

  /**
   * {@link version} of a key that is asked for again: from the first time on, the key is watched, and the writes to other keys of its
   * stripe do not count. Over half a minute, busy callers write to every stripe. Of those that were asked for, the last 16,384 are
   * watched.
   */
  watchedVersion(hash: number): number | undefined {
    const watched = this.#watched.get(hash);
    if (watched === undefined) {
      const version = this.version(hash);
      if (version !== undefined) this.#watch(hash, version);
      return version;
    }
    if (this.#writingAll > 0 || watched.writing > 0) return undefined;
    return Math.max(watched.version, this.#versionOfAll);
  }

  #watch(hash: number, version: number): void {
    this.#watched.set(hash, { version, writing: 0 });
    if (this.#watched.size <= MAX_WATCHED) return;
    for (const oldest of this.#watched.keys()) return void this.#watched.delete(oldest);
  }

  #seen(hash: number, change: 1 | -1): void {
    const watched = this.#watched.get(hash);
    if (watched === undefined) return;
    watched.version = changes;
    watched.writing += change;
  }
}
