import type { ConcurrentMap } from "../src/concurrent_map.ts";

/** What a map was used for of late. */
export interface Load {
  /** How many operations there were since the last move, or the beginning. */
  readonly operations: number;
  /** How many entries the map had in the end. */
  readonly entries: number;
  /** The share of operations that were `get` or `has`, or found nothing to delete. */
  readonly reads: number;
  /** The share of operations that set a value, or would have. */
  readonly writes: number;
  /** The share of operations that removed a key. */
  readonly deletes: number;
  /** The share of removed keys that were there again later. */
  readonly returned: number;
  /** The share of operations whose key was a safe integer. */
  readonly integers: number;
}

/** What an operation did. */
export type Deed = "reads" | "writes" | "deletes";

/** The most operations there are, on average, to one that is looked at. */
const MAX_STRIDE = 64;
/** The fewest operations that are looked at to tell what the load is, where there are so many. */
const SAMPLES = 1024;
/** How many removed keys are remembered, to see whether they come back. */
const REMEMBERED = 64;

/**
 * Tells the load of a map from a part of its operations, one in 64 on average. The gaps between them vary, so that no rhythm
 * of the callers' falls in with them.
 */
export class LoadWatch<K> {
  readonly #stride: number;
  readonly #samples: number;
  #random = 0x9e3779b9;
  #gap = 1;
  #operations = 0;
  #seen = 0;
  #writes = 0;
  #deletes = 0;
  #integers = 0;
  #recalled = 0;
  #returned = 0;
  readonly #removed: K[] = [];
  #oldest = 0;

  /** @param minOperations After how many operations the load is told anew. */
  constructor(minOperations: number) {
    this.#stride = Math.min(MAX_STRIDE, Math.max(1, Math.floor(minOperations / SAMPLES)));
    this.#samples = Math.ceil(minOperations / this.#stride);
  }

  /**
   * How many operations from now the next one is that is looked at. By G. Marsaglia, "Xorshift RNGs", Journal of Statistical
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
   * Takes an operation in.
   *
   * @param map Asked for keys that were removed earlier.
   * @returns Whether enough are seen to tell the load.
   */
  see(deed: Deed, key: K, map: Pick<ConcurrentMap<K, unknown>, "has">): boolean {
    this.#operations += this.#gap;
    if (Number.isSafeInteger(key)) this.#integers++;
    if (deed === "writes") this.#writes++;
    else if (deed === "deletes") this.#remember(key, map);
    return ++this.#seen >= this.#samples;
  }

  /** What was seen since the last call. */
  take(entries: number): Load {
    const seen = this.#seen;
    const load: Load = {
      operations: this.#operations,
      entries,
      reads: (seen - this.#writes - this.#deletes) / seen,
      writes: this.#writes / seen,
      deletes: this.#deletes / seen,
      returned: this.#recalled === 0 ? 0 : this.#returned / this.#recalled,
      integers: this.#integers / seen,
    };
    this.#forget();
    return load;
  }

  /** Forgets all. */
  restart(): void {
    this.#forget();
    this.#operations = 0;
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
