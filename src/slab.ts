/** Stands for the key of an entry that is free. */
const FREE = Symbol("free");

/** How many entries a chunk has. */
const CHUNK_BITS = 9;
const CHUNK = 1 << CHUNK_BITS;

/** A number must fit into 31 bits. */
const MAX_CHUNKS = 2 ** 31 / CHUNK;

/**
 * Entries by number. An entry stays where it is until it is removed; its number is given to another one then. It grows by
 * a chunk at a time, and nothing that is there is moved.
 *
 * Everything is O(1), but for {@link numbers}.
 */
export class Slab<K, V> {
  /** The most entries there may be: number 0 is given to none. */
  static readonly MAX_SIZE: number = 2 ** 31 - 1;
  /** In each chunk a key and its value by turns. The value of a free entry is the number of the next free one. */
  #chunks: unknown[][] = [];
  #firstFree = 0;
  /** The lowest number that was never given. */
  #end = 1;
  #size = 0;

  /** How many entries there are. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds an entry and returns its number.
   *
   * @throws {RangeError} If there are 2^31 - 1 entries.
   */
  add(key: K, value: V): number {
    const number = this.#firstFree || this.#next();
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

  /** The numbers of the entries that were there at the beginning and are still there, and perhaps of some that were added. */
  *numbers(): Generator<number> {
    const chunks = this.#chunks;
    const end = this.#end;
    for (let number = 1; number < end && chunks === this.#chunks; number++) {
      if (this.keyOf(number) !== FREE) yield number;
    }
  }

  #next(): number {
    if ((this.#end & (CHUNK - 1)) === 0 || this.#end === 1) {
      if (this.#chunks.length === MAX_CHUNKS) {
        throw new RangeError(`Cannot add an entry: there are ${Slab.MAX_SIZE}`);
      }
      this.#chunks.push(new Array<unknown>(2 * CHUNK).fill(FREE));
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
