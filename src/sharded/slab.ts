/** Stands for the key of an entry that was removed. */
const FREE = Symbol("free");

const CHUNK_BITS = 9;

/** How many entries a chunk has. */
const CHUNK = 2 ** CHUNK_BITS;

/**
 * Entries by number. An entry stays in its place until it is removed; then its number is given to another one. A slab grows
 * by a chunk at a time, and moves nothing that is there. Every method is O(1).
 */
export class Slab<K, V> {
  /** The most entries that a slab holds: a number has 31 bits, and 0 is given to none. */
  static readonly MAX_SIZE: number = 2 ** 31 - 1;
  /** In each chunk a key and its value by turns; in the place of a free value the number of the next free entry. */
  #chunks: unknown[][] = [];
  #firstFree = 0;
  #end = 1;
  #size = 0;

  /** How many entries there are. */
  get size(): number {
    return this.#size;
  }

  /** A number above all that were given so far. */
  get end(): number {
    return this.#end;
  }

  /**
   * Adds an entry and returns its number.
   *
   * @throws {RangeError} If there are {@link MAX_SIZE}.
   */
  add(key: K, value: V): number {
    const number = this.#firstFree === 0 ? this.#extend() : this.#firstFree;
    const chunk = this.#chunkOf(number);
    const at = placeOf(number);
    if (number === this.#firstFree) this.#firstFree = chunk[at + 1] as number;
    chunk[at] = key;
    chunk[at + 1] = value;
    this.#size++;
    return number;
  }

  /** Removes an entry. */
  remove(number: number): void {
    const chunk = this.#chunkOf(number);
    const at = placeOf(number);
    chunk[at] = FREE;
    chunk[at + 1] = this.#firstFree;
    this.#firstFree = number;
    this.#size--;
  }

  /** Removes every entry. */
  clear(): void {
    this.#chunks = [];
    this.#firstFree = 0;
    this.#end = 1;
    this.#size = 0;
  }

  /** The key of an entry. */
  keyOf(number: number): K {
    return this.#chunkOf(number)[placeOf(number)] as K;
  }

  /** The value of an entry. */
  valueOf(number: number): V {
    return this.#chunkOf(number)[placeOf(number) + 1] as V;
  }

  /** Gives an entry another value. */
  setValue(number: number, value: V): void {
    this.#chunkOf(number)[placeOf(number) + 1] = value;
  }

  /** Whether an entry has that number, which may be any but 0. */
  has(number: number): boolean {
    return number < this.#end && this.#chunkOf(number)[placeOf(number)] !== FREE;
  }

  #extend(): number {
    if (this.#end > Slab.MAX_SIZE) throw new RangeError(`Cannot add an entry: there are ${this.#size}`);
    // Filled, an array stays one of any values, even if only numbers are put into it.
    if (this.#end >= this.#chunks.length * CHUNK) this.#chunks.push(new Array(2 * CHUNK).fill(undefined));
    return this.#end++;
  }

  #chunkOf(number: number): unknown[] {
    return this.#chunks[number >>> CHUNK_BITS] as unknown[];
  }
}

function placeOf(number: number): number {
  return 2 * (number & (CHUNK - 1));
}
