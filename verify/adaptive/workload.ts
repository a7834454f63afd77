import type { ConcurrentMap } from "../../src/concurrent_map.ts";

/** What a map was used for of late. */
export interface Workload {
  /** How many writes there were since the last move, or the beginning. */
  readonly writes: number;
  /** How many entries the map had in the end. */
  readonly entries: number;
  /** The share of operations that were reads: `get` and `has`. */
  readonly reads: number;
  /** The share of operations that removed a key. */
  readonly deletes: number;
  /** The share of removed keys that were there again later. */
  readonly returned: number;
  /** The share of writes whose key was a whole number of 32 bits. */
  readonly integers: number;
}

/** The most writes there are, on average, to one that is looked at: that takes as long as twenty reads of a small map. */
const MAX_STRIDE = 128;
/** The fewest writes that are looked at to tell what the load is, where there are so many. */
const SAMPLES = 1024;
/** How many removed keys are remembered, to see whether they come back. */
const REMEMBERED = 64;

/**
 * Tells the load of a map from a part of its writes, one in 128 on average, and the number of reads. The gaps between them
 * vary, so that no rhythm of the callers' falls in with them.
 */
export class WorkloadWatch<K> {
  readonly #stride: number;
  readonly #samples: number;
  #random = 0x9e3779b9;
  #gap = 1;
  #writesBefore = 0;
  #writes = 0;
  #seen = 0;
  #deletes = 0;
  #integers = 0;
  #recalled = 0;
  #returned = 0;
  readonly #removed: K[] = [];
  #oldest = 0;

  /** @param minWrites After how many writes the load is told anew. */
  constructor(minWrites: number) {
    this.#stride = Math.min(MAX_STRIDE, Math.max(1, Math.floor(minWrites / SAMPLES)));
    this.#samples = Math.ceil(minWrites / this.#stride);
  }

  /**
   * How many writes from now the next one is that is looked at. By G. Marsaglia, "Xorshift RNGs", Journal of Statistical
   * Software 8 (2003).
   */
  nextGap(): number {
    let random = this.#random;
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    this.#random = random;
    return this.#gap = 1 + (random >>> 1) % (2 * this.#stride - 1);
  }

  /**
   * Takes a write in.
   *
   * @param removes Whether it removed the key.
   * @param map Asked for keys that were removed earlier.
   * @returns Whether enough are seen to tell the load.
   */
  see(key: K, removes: boolean, map: Pick<ConcurrentMap<K, unknown>, "has">): boolean {
    this.#writes += this.#gap;
    if (typeof key === "number" && (key | 0) === key) this.#integers++;
    if (removes) this.#remember(key, map);
    return ++this.#seen >= this.#samples;
  }

  /**
   * The load since the last call.
   *
   * @param reads How many reads there were in that time.
   */
  take(entries: number, reads: number): Workload {
    const readShare = reads / (reads + this.#writes);
    const load: Workload = {
      writes: this.#writesBefore + this.#writes,
      entries,
      reads: readShare,
      deletes: this.#deletes / this.#seen * (1 - readShare),
      returned: this.#recalled === 0 ? 0 : this.#returned / this.#recalled,
      integers: this.#integers / this.#seen,
    };
    this.#forget();
    this.#writesBefore = load.writes;
    return load;
  }

  /** Forgets all. */
  restart(): void {
    this.#forget();
    this.#writesBefore = 0;
    this.#removed.length = 0;
    this.#oldest = 0;
  }

  /** In the place of the key that was removed longest ago, of which it is told now whether it came back. */
  #remember(key: K, map: Pick<ConcurrentMap<K, unknown>, "has">): void {
    this.#deletes++;
    if (this.#removed.length < REMEMBERED) {
      this.#removed.push(key);
      return;
    }
    this.#recalled++;
    if (map.has(this.#removed[this.#oldest] as K)) this.#returned++;
    this.#removed[this.#oldest] = key;
    this.#oldest = (this.#oldest + 1) % REMEMBERED;
  }

  #forget(): void {
    this.#seen =
      this.#writes =
      this.#deletes =
      this.#integers =
      this.#recalled =
      this.#returned =
        0;
  }
}
