/** Buckets for each power of two: a bucket is at most 1/16 as wide as its smallest value. */
const STEPS = 16;
const STEP_BITS = 4;
/** 2^44 ns are nearly five hours. */
const RANGE_BITS = 44;
const LARGEST_NS = 2 ** RANGE_BITS - 1;

/**
 * Counts latencies in fixed memory: 656 buckets that widen with the latency, so that each latency is known to within 1/16
 * of itself. Whole numbers below 32 ns are exact, fractions of a nanosecond are rounded up, and everything from 2^44 ns
 * (nearly five hours) up shares one bucket.
 *
 * The layout, equal steps within each power of two, is that of G. Tene's HdrHistogram.
 *
 * | method | time |
 * | --- | --- |
 * | `record` | O(1), no allocation |
 * | `quantile`, `countAtMost`, `countsBeyond`, `merge` | O(656) |
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(bucketOf(LARGEST_NS) + 1);
  #count = 0;
  #sumNs = 0;

  /** How many latencies were recorded. */
  get count(): number {
    return this.#count;
  }

  /** The sum of all latencies in nanoseconds, not rounded to buckets. */
  get sumNs(): number {
    return this.#sumNs;
  }

  /**
   * Counts one latency.
   *
   * @param ns The latency in nanoseconds. Anything that is not above 0, as after the clock stepped back, counts as 0.
   */
  record(ns: number): void {
    const latencyNs = ns > 0 ? ns : 0;
    const bucket = bucketOf(Math.min(Math.ceil(latencyNs), LARGEST_NS));
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#count++;
    this.#sumNs += latencyNs;
  }

  /**
   * The latency that the share `q` of all recorded latencies did not exceed. O(656).
   *
   * @param q The share, from 0 to 1: 0.5 for the median.
   * @returns Nanoseconds: at least the exact quantile by nearest rank, and at most 1/16 above it, up to 2^44 - 1; `null` if
   * nothing was recorded.
   * @throws {RangeError} If `q` is not from 0 to 1.
   */
  quantile(q: number): number | null {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`Cannot take a quantile: q must be from 0 to 1: received ${q}`);
    if (this.#count === 0) return null;
    const rank = Math.max(1, Math.ceil(q * this.#count));
    let bucket = 0;
    for (let counted = this.#counts[0] as number; counted < rank; counted += this.#counts[bucket] as number) bucket++;
    return largestIn(bucket);
  }

  /**
   * How many latencies were at most `ns`, as a Prometheus histogram counts them: all that were, and perhaps some that were
   * up to 1/16 longer. Exact if `ns` is one less than a power of two. O(656).
   *
   * @param ns The bound in nanoseconds.
   */
  countAtMost(ns: number): number {
    if (!(ns >= 0)) return 0;
    const last = bucketOf(Math.min(Math.floor(ns), LARGEST_NS));
    let sum = 0;
    for (let bucket = 0; bucket <= last; bucket++) sum += this.#counts[bucket] as number;
    return sum;
  }

  /** For each bucket, how many latencies were longer than all in it. O(656). */
  countsBeyond(): Float64Array {
    let beyond = this.#count;
    return this.#counts.map((count) => beyond -= count);
  }

  /** The largest latency in a bucket, in nanoseconds. */
  edgeNs(bucket: number): number {
    return largestIn(bucket);
  }

  /** Adds everything that `other` has recorded. */
  merge(other: LatencyHistogram): void {
    other.#counts.forEach((count, bucket) => this.#counts[bucket] = (this.#counts[bucket] as number) + count);
    this.#count += other.#count;
    this.#sumNs += other.#sumNs;
  }
}

/** The bucket of a whole number from 0 to {@link LARGEST_NS}. */
function bucketOf(ns: number): number {
  // Bits are counted in 32-bit numbers: a value 2^20 times as large lies 20 × 16 buckets further on.
  if (ns >= 2 ** 32) return bucketOf(Math.floor(ns / 2 ** 20)) + 20 * STEPS;
  const shift = Math.max(0, 31 - STEP_BITS - Math.clz32(ns));
  return shift * STEPS + (ns >>> shift);
}

/** The largest whole number in a bucket. */
function largestIn(bucket: number): number {
  if (bucket < 2 * STEPS) return bucket;
  const shift = (bucket >>> STEP_BITS) - 1;
  return (bucket - shift * STEPS + 1) * 2 ** shift - 1;
}
