import { type KeyHash, makeKeyHash } from "../keys/key_hash.ts";
import { storedKey } from "../keys/same_value_zero.ts";

/** A key and its count in a {@link SpaceSaving} sketch. */
export interface HotKey<K> {
  /** The key, as a map stores it. */
  readonly key: K;
  /** The largest possible count. */
  readonly count: number;
  /** The error of `count`: the true count is at least `count - error`. */
  readonly error: number;
}

/**
 * The number of cells of the filter for each listed key. With 16, one operation in thirteen on keys drawn evenly from
 * 100,000 replaces a listed key; with 4, one in five; without a filter, every operation on a key that is not listed.
 */
const CELLS_PER_KEY = 16;

/**
 * Finds the most frequent keys of a stream and their counts, in bounded memory. It lists `capacity` keys with their
 * counts. Another key replaces the least frequent listed one, and starts with the largest count that it can have had.
 *
 * After any `total` operations:
 *
 * - the true count of a key that is listed is at least `count - error` and at most `count`;
 * - every key with a true count above `total / capacity` is listed;
 * - every count is exact while there are at most `capacity` keys.
 *
 * A filter of 16 cells for each listed key comes first: a cell counts the operations on the unlisted keys whose hash
 * selects it. A key is listed when its cell would exceed the least count of the list, and starts with the count of the
 * cell. So most rare keys are never listed, and an error, that of one cell, is far smaller than `total / capacity`.
 * Keys with the same hash share a cell, and so do all objects, functions and symbols, since hashing them would take
 * memory for each: for them only the rules above hold. The hash is secret, so nobody can choose keys that share a cell.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | `add` of a listed key | O(1) | O(1) |
 * | `add` of another key | O(1), and a hash of the key | O(capacity) |
 * | `top` | O(capacity · log capacity) | the same |
 *
 * `add` allocates nothing, except what a `Map` does when one key replaces another, and the digits of a bigint. Listed
 * keys are held strongly, even objects.
 *
 * Sources: A. Metwally, D. Agrawal, A. El Abbadi, "Efficient Computation of Frequent and Top-k Elements in Data
 * Streams", ICDT 2005; the filter is from N. Homem, J. P. Carvalho, "Finding top-k elements in data streams",
 * Information Sciences 180 (2010). They keep the list sorted; here a hand goes around the counts to find the least one
 * when it is needed. It begins a new round only after the least count has risen, and `capacity` times the least count
 * is at most `total`, so it makes at most two steps for each operation.
 */
export class SpaceSaving<K> {
  readonly #capacity: number;
  readonly #hash: KeyHash = makeKeyHash();
  readonly #slots = new Map<K, number>();
  /** For each slot: its key, its count, its error, and the cell of its key. */
  readonly #keys: K[] = [];
  readonly #counts: Float64Array;
  readonly #errors: Float64Array;
  readonly #cellOfSlot: Int32Array;
  /** For each cell: the largest possible count of an unlisted key. Never above the least count of the list. */
  readonly #cells: Float64Array;
  /** A lower bound on the counts; those behind the hand are above it. */
  #least = 0;
  #hand = 0;
  #total = 0;

  /** @param capacity The number of listed keys: a whole number above 0. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#counts = new Float64Array(capacity);
    this.#errors = new Float64Array(capacity);
    this.#cellOfSlot = new Int32Array(capacity);
    this.#cells = new Float64Array(2 ** Math.ceil(Math.log2(capacity * CELLS_PER_KEY)));
  }

  /** The number of counted operations. */
  get total(): number {
    return this.#total;
  }

  /** Counts an operation on `key`. */
  add(key: K): void {
    this.#total++;
    const slot = this.#slots.get(key);
    if (slot === undefined) this.#addUnlisted(key);
    else this.#counts[slot] = (this.#counts[slot] as number) + 1;
  }

  /**
   * The `limit` most frequent keys in descending order of their counts; of equal counts, the one with the smallest
   * error first.
   */
  top(limit: number): HotKey<K>[] {
    return this.#keys
      .map((key, slot) => ({ key, count: this.#counts[slot] as number, error: this.#errors[slot] as number }))
      .sort((a, b) => b.count - a.count || a.error - b.error)
      .slice(0, limit);
  }

  #addUnlisted(key: K): void {
    const cell = isHashedByContent(key) ? this.#hash(key) & (this.#cells.length - 1) : 0;
    if (this.#keys.length < this.#capacity) return this.#list(key, this.#keys.length, cell);
    const most = this.#cells[cell] as number;
    if (most === this.#least) this.#findLeast();
    if (most < this.#least) {
      this.#cells[cell] = most + 1;
      return;
    }
    const slot = this.#hand;
    this.#slots.delete(this.#keys[slot] as K);
    this.#cells[this.#cellOfSlot[slot] as number] = this.#least;
    this.#list(key, slot, cell);
  }

  #list(key: K, slot: number, cell: number): void {
    const most = this.#cells[cell] as number;
    this.#slots.set(key, slot);
    this.#keys[slot] = storedKey(key);
    this.#counts[slot] = most + 1;
    this.#errors[slot] = most;
    this.#cellOfSlot[slot] = cell;
  }

  /** Moves the hand to a slot with the least count. */
  #findLeast(): void {
    while (this.#counts[this.#hand] !== this.#least) {
      if (++this.#hand < this.#capacity) continue;
      this.#hand = 0;
      this.#least = this.#counts.reduce((least, count) => Math.min(least, count));
    }
  }
}

/** Keys that would have to be hashed by identity, which takes memory for each. */
function isHashedByContent(key: unknown): boolean {
  return typeof key !== "object" && typeof key !== "function" && typeof key !== "symbol";
}
