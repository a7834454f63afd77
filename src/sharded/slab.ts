/** The key of a removed entry. */
const FREE = Symbol("free");

const CHUNK_BITS = 9;

/** The number of entries in a chunk. */
const CHUNK = 2 ** CHUNK_BITS;

/**
 * Entries by number. The number of a removed entry is reused. A slab grows by one chunk at a time and never moves an
 * entry. Every method except `nextInUse` is O(1).
 */
export class Slab<K, V> {
  /** The largest number of entries: a number has 31 bits, and 0 is not used. */
  static readonly MAX_SIZE: number = 2 ** 31 - 1;
  /** Each chunk holds keys and values alternately. A free entry has the number of the next free one for its value. */
  #chunks: unknown[][] = [];
  /** The number of entries of each chunk. */
  #chunkSizes: number[] = [];
  #firstFree = 0;
  /** No number below it is in use. */
  #first = 1;
  #end = 1;
  #size = 0;

  /** The number of entries. */
  get size(): number {
    return this.#size;
  }

  /** A number above all numbers in use. */
  get end(): number {
    return this.#end;
  }

  /**
   * Adds an entry and returns its number.
   *
   * @throws {RangeError} If there are {@link MAX_SIZE} already.
   */
  add(key: K, value: V): number {
    const number = this.#firstFree === 0 ? this.#extend() : this.#firstFree;
    const chunk = this.#chunkOf(number);
    const at = placeOf(number);
    if (number === this.#firstFree) this.#firstFree = chunk[at + 1] as number;
    chunk[at] = key;
    chunk[at + 1] = value;
    this.#count(number, 1);
    if (number < this.#first) this.#first = number;
    return number;
  }

  /** Removes an entry. */
  remove(number: number): void {
    const chunk = this.#chunkOf(number);
    const at = placeOf(number);
    chunk[at] = FREE;
    chunk[at + 1] = this.#firstFree;
    this.#firstFree = number;
    this.#count(number, -1);
  }

  /** Removes every entry. */
  clear(): void {
    this.#chunks = [];
    this.#chunkSizes = [];
    this.#firstFree = 0;
    this.#first = 1;
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

  /** Sets the value of an entry. */
  setValue(number: number, value: V): void {
    this.#chunkOf(number)[placeOf(number) + 1] = value;
  }

  /**
   * The least number in use from `number` on, or `Infinity`. It remembers the least of all, so that a search
   * need not start at the beginning each time if entries are removed in order, and it skips empty chunks.
   */
  nextInUse(number: number): number {
    const isFirst = number <= this.#first;
    let next = isFirst ? this.#first : number;
    while (next < this.#end && this.#chunkOf(next)[placeOf(next)] === FREE) {
      next = this.#chunkSizes[next >>> CHUNK_BITS] === 0 ? ((next >>> CHUNK_BITS) + 1) * CHUNK : next + 1;
    }
    if (isFirst) this.#first = Math.min(next, this.#end);
    return next < this.#end ? next : Infinity;
  }

  #count(number: number, change: number): void {
    const chunk = number >>> CHUNK_BITS;
    this.#chunkSizes[chunk] = (this.#chunkSizes[chunk] as number) + change;
    this.#size += change;
  }

  #extend(): number {
    if (this.#end > Slab.MAX_SIZE) {
      throw new RangeError(`Cannot add an entry: the map is full: it has ${this.#size} entries`);
    }
    // Filling it with undefined keeps V8 from making it an array of numbers, which it would have to convert later.
    if (this.#end >= this.#chunks.length * CHUNK) {
      this.#chunks.push(new Array(2 * CHUNK).fill(undefined));
      this.#chunkSizes.push(0);
    }
    return this.#end++;
  }

  #chunkOf(number: number): unknown[] {
    return this.#chunks[number >>> CHUNK_BITS] as unknown[];
  }
}

function placeOf(number: number): number {
  return 2 * (number & (CHUNK - 1));
}
