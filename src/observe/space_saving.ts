import { keyHash } from "../keys/key_hash.ts";
import { storedKey } from "../keys/same_value_zero.ts";

/** A key and how often it was counted, as far as a {@link SpaceSaving} sketch knows. */
export interface HotKey<K> {
  /** The key, as a map stores it. */
  readonly key: K;
  /** The most that it can have been. */
  readonly count: number;
  /** By how much `count` may be too high: the true count is at least `count - error`. */
  readonly error: number;
}

/**
 * How many cells the filter has to each key of the list. With 16, one operation in thirteen on keys drawn evenly from
 * 100,000 replaces a key; with 4 one in five; without a filter all but those on keys that are listed.
 */
const CELLS_PER_KEY = 16;

/**
 * Which keys of a stream are the most frequent, and how frequent they are, in memory that does not grow: a list of
 * `capacity` keys is counted one by one; another key takes the place of the least frequent of them, and is given the
 * most that it can have had.
 *
 * Whatever comes, of a `total` of operations:
 *
 * - the true count of a key that is listed is at least `count - error` and at most `count`;
 * - every key with a true count above `total / capacity` is listed;
 * - as long as there were no more than `capacity` keys, every count is exact.
 *
 * Before the list lies a filter of 16 cells to a key: a cell counts the operations on the keys that are not listed and
 * whose hash falls into it. A key is listed when its cell would pass the least count of the list, and starts with what
 * the cell had. So most of the rare keys never get in, and an error is far smaller than `total / capacity`, since it is
 * that of one cell. Keys of one hash share a cell, as do all objects and functions, since to hash those takes memory for
 * each: for them the rules above hold, and nothing better.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | `add` of a key that is listed | O(1) | O(1) |
 * | `add` of another one | O(1), and a hash of the key | O(capacity) |
 * | `top` | O(capacity · log capacity) | the same |
 *
 * `add` allocates nothing, but for what a `Map` does when one key takes another's place, and the digits of a bigint.
 * The keys of the list are held strongly, objects too.
 *
 * Sources: A. Metwally, D. Agrawal, A. El Abbadi, "Efficient Computation of Frequent and Top-k Elements in Data
 * Streams", ICDT 2005; the filter is of N. Homem, J. P. Carvalho, "Finding top-k elements in data streams", Information
 * Sciences 180 (2010). In place of their ordered lists, which every operation has to keep in order, a hand goes round the
 * counts in search of the least one, only when it is needed. It begins a new round only after the least count has risen;
 * `capacity` times that is at most `total`, so its steps are at most twice as many as the operations.
 */
export class SpaceSaving<K> {
  readonly #capacity: number;
  readonly #slots = new Map<K, number>();
  /** For each slot: its key, the count, the error, and the cell that its key falls into. */
  readonly #keys: K[] = [];
  readonly #counts: Float64Array;
  readonly #errors: Float64Array;
  readonly #cellOfSlot: Int32Array;
  /** For each cell: the most that any key that is not listed can have had. Never above the least count of the list. */
  readonly #cells: Float64Array;
  /** A lower bound on the counts; behind the hand all are above it. */
  #least = 0;
  #hand = 0;
  #total = 0;

  /** @param capacity How many keys are counted one by one: a whole number above 0. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#counts = new Float64Array(capacity);
    this.#errors = new Float64Array(capacity);
    this.#cellOfSlot = new Int32Array(capacity);
    this.#cells = new Float64Array(2 ** Math.ceil(Math.log2(capacity * CELLS_PER_KEY)));
  }

  /** How many operations were counted. */
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

  /** The `limit` most frequent keys in descending order of their counts; of equal ones the surest first. */
  top(limit: number): HotKey<K>[] {
    return this.#keys
      .map((key, slot) => ({ key, count: this.#counts[slot] as number, error: this.#errors[slot] as number }))
      .sort((a, b) => b.count - a.count || a.error - b.error)
      .slice(0, limit);
  }

  #addUnlisted(key: K): void {
    const cell = cellHash(key) & (this.#cells.length - 1);
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

  /** Moves the hand to a slot that has the least count. */
  #findLeast(): void {
    while (this.#counts[this.#hand] !== this.#least) {
      if (++this.#hand < this.#capacity) continue;
      this.#hand = 0;
      this.#least = this.#counts.reduce((least, count) => Math.min(least, count));
    }
  }
}

/** The same for keys that `Map` takes for the same. To tell objects from each other, each would have to be remembered. */
function cellHash(key: unknown): number {
  return typeof key === "object" || typeof key === "function" ? 0 : keyHash(key);
}
