import type { ConcurrentMap } from "../../src/concurrent_map.ts";

/** The recent workload of a map. */
export interface Workload {
  /** The number of writes since the last move, or since the beginning. */
  readonly writes: number;
  /** The number of entries at the end. */
  readonly entries: number;
  /** The share of reads (`get` and `has`) among the operations. */
  readonly reads: number;
  /** The share of operations that removed a key. */
  readonly deletes: number;
  /** The share of removed keys that were set again later. */
  readonly returned: number;
  /** The share of writes whose key was a whole number of 32 bits. */
  readonly integers: number;
}

/**
 * The most writes for each sampled one, on average. A sample takes as long as twenty reads of a small map.
 */
const MAX_STRIDE = 128;
/** The smallest number of samples to measure a workload, if there are that many writes. */
const SAMPLES = 1024;
/** The number of removed keys that are remembered, to see whether they are set again. */
const REMEMBERED = 64;

/**
 * Measures the workload of a map by a sample of its writes, one in 128 on average, and the number of reads. The gaps
 * are random, so that no rhythm of the callers coincides with them.
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

  /** @param minWrites The number of writes after which the workload is measured again. */
  constructor(minWrites: number) {
    this.#stride = Math.min(MAX_STRIDE, Math.max(1, Math.floor(minWrites / SAMPLES)));
    this.#samples = Math.ceil(minWrites / this.#stride);
  }

  /**
   * The number of writes until the next sampled one. From G. Marsaglia, "Xorshift RNGs", Journal of
   * Statistical Software 8 (2003).
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
   * Records a sampled write.
   *
   * @param removes Whether it removed the key.
   * @param map The map, to look for keys that were removed earlier.
   * @returns Whether there are enough samples to measure the workload.
   */
  see(key: K, removes: boolean, map: Pick<ConcurrentMap<K, unknown>, "has">): boolean {
    this.#writes += this.#gap;
    if (typeof key === "number" && (key | 0) === key) this.#integers++;
    if (removes) this.#remember(key, map);
    return ++this.#seen >= this.#samples;
  }

  /**
   * The workload since the last call.
   *
   * @param reads The number of reads in that time.
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

  /** Starts again. */
  restart(): void {
    this.#forget();
    this.#writesBefore = 0;
    this.#removed.length = 0;
    this.#oldest = 0;
  }

  /** Replaces the key that was removed longest ago, and counts it if it was set again. */
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
