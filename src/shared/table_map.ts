import { AbstractMap } from "../abstract_map.ts";
import { checkCallback } from "../callback.ts";
import type { Traits } from "../concurrent_map.ts";
import { received } from "../received.ts";
import type { Codec } from "../stores/codec.ts";
import { Computing, NOTHING } from "./computing.ts";
import { Encoder, type Plain } from "./encoder.ts";
import { countEntries, readEntries } from "./slot_order.ts";
import { KeptValues } from "./kept_values.ts";
import { Table } from "./table.ts";
import { traitsOf } from "./table_memory.ts";
import { WordBuffer } from "./word_buffer.ts";

/**
 * What `SharedMap` and `WasmMap` have in common. Operations on a key take O(1), and O(length) of key and value; `size`, `clear`,
 * iteration and `snapshot` take O(n). Every method throws an `Error` once the map is closed.
 *
 * @example
 * ```ts
 * import { SharedMap, type TableMap } from "@twinmap/twinmap/shared";
 * import { WasmMap } from "@twinmap/twinmap/wasm";
 * import { assertEquals } from "@std/assert";
 * const count = (words: TableMap<string, number>) => words.add("a", 1);
 * assertEquals(count(new WasmMap({ maxBytes: 2 ** 20 })), 1);
 * assertEquals(count(SharedMap.create({ maxBytes: 2 ** 20 })), 1);
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export abstract class TableMap<K extends string | number, V> extends AbstractMap<K, V> {
  readonly #traits: Traits;
  readonly #table: Table;
  readonly #encoder: Encoder<V>;
  readonly #computing: Computing<K, V>;
  readonly #key = new WordBuffer();
  readonly #value = new WordBuffer();
  readonly #expected = new WordBuffer();
  #kept: KeptValues | undefined;

  /** For the classes that extend it. `keepsValues` says whether short values are kept on the heap after they were read. */
  constructor(name: string, memory: WebAssembly.Memory, codec: Codec<V>, keepsValues: boolean) {
    super();
    this.#table = new Table(name, memory);
    this.#kept = keepsValues ? new KeptValues(this.#table) : undefined;
    this.#encoder = new Encoder(name, codec);
    this.#computing = new Computing(this.#table, this.#encoder);
    this.#traits = traitsOf(memory);
  }

  /** No order, weak iteration, strings and integers as keys, values by copy, and at most one entry per 64 bytes. */
  override get traits(): Traits {
    return this.#traits;
  }

  /** How many entries there are. They are counted, which takes O(n). */
  override get size(): number {
    return countEntries(this.#table);
  }

  /**
   * Returns the value of `key`, or `undefined` if there is none.
   *
   * @throws {TypeError} If `key` is neither a string nor a safe integer.
   * @throws {RangeError} If `key` is longer than 2^27 - 1.
   */
  get(key: K): V | undefined {
    if (typeof key === "string") return this.#getByText(key);
    if (typeof key === "number") {
      // NaN: there is no value, or it is not a number, or it is NaN.
      const value = this.#table.exports.numberOf(key);
      if (value === value) return value as V;
    }
    return this.#read(key) ? this.#valueRead() : undefined;
  }

  /**
   * Whether `key` is present, even if its value is `undefined`.
   * @throws {TypeError | RangeError} As `get`.
   */
  has(key: K): boolean {
    this.#encoder.fillKey(this.#key, key);
    return this.#table.has(this.#key);
  }

  /**
   * Sets `key` to `value`, and returns the map. What it throws leaves the map as it was; so do all operations that take a value.
   *
   * @throws {TypeError} If the codec does not take `value`, or as `get`.
   * @throws {RangeError} If `value` is longer than 2^27 - 1, or as `get`.
   * @throws {CapacityError} If there is no memory for it: never if it replaces a value that is not shorter.
   */
  set(key: K, value: V): this {
    this.#fill(key, value);
    this.#table.set(this.#key, this.#value);
    return this;
  }

  /**
   * Adds `delta` to the value of `key`, or to 0 if there is none, and returns the sum, which is its value from now on.
   *
   * @throws {TypeError} If `delta` or the value is not a number, or as `get`.
   * @throws {RangeError | CapacityError} As `set`.
   */
  add(key: K, delta: number): number {
    if (typeof delta !== "number") {
      throw new TypeError(`Cannot add in ${this.#table.name}: delta must be a number: ${received(delta)}`);
    }
    let sum: number;
    do {
      const current = this.#read(key) ? this.#table.value.value() : 0;
      if (typeof current !== "number") {
        throw new TypeError(`Cannot add in ${this.#table.name}: the value must be a number: ${received(current)}`);
      }
      sum = current + delta;
      this.#value.setNumber(sum);
    } while (!this.#table.replace(this.#key, this.#value));
    return sum;
  }

  /**
   * Removes `key`, and returns whether it was present.
   *
   * @throws {TypeError | RangeError} As `get`.
   */
  delete(key: K): boolean {
    this.#encoder.fillKey(this.#key, key);
    do if (!this.#table.has(this.#key)) return false; while (!this.#table.replace(this.#key, undefined));
    return true;
  }

  /** Removes every entry, in one step, and then frees their memory, which takes O(n). */
  override clear(): void {
    this.#table.clear();
  }

  /**
   * Returns the value of `key`; if there is none, sets it to `value` first.
   *
   * @throws {TypeError | RangeError | CapacityError} As `set`.
   */
  override getOrInsert(key: K, value: V): V {
    this.#fill(key, value);
    do if (this.#table.read(this.#key)) return this.#valueRead(); while (!this.#table.replace(this.#key, this.#value));
    return value;
  }

  /**
   * Returns the value of `key`; if there is none, sets it to what `compute` returns first. This call calls `compute` at most once,
   * but another thread may be computing at the same time; both return the value that was stored first. `compute` may use the map.
   *
   * @throws What `compute` throws; the key stays absent then.
   * @throws {TypeError | RangeError | CapacityError} As `set`.
   */
  override getOrInsertComputed(key: K, compute: (key: K) => V): V {
    checkCallback("getOrInsertComputed", compute);
    return this.#computing.getOrInsert(key, compute);
  }

  /**
   * Removes `key`, and returns the value it had.
   *
   * @throws What the codec throws when it decodes that value; the key keeps it then.
   * @throws {TypeError | RangeError} As `get`.
   */
  override getAndDelete(key: K): V | undefined {
    do {
      if (!this.#read(key)) return undefined;
      if (this.#table.value.isCoded) return this.#computing.replace(key, NOTHING);
    } while (!this.#table.replace(this.#key, undefined));
    return this.#valueRead();
  }

  /**
   * Sets `key` to `value`, and returns the value it had before.
   *
   * @throws What the codec throws when it decodes that value; the key keeps it then.
   * @throws {TypeError | RangeError | CapacityError} As `set`.
   */
  override getAndSet(key: K, value: V): V | undefined {
    const plain = this.#fill(key, value);
    let isThere: boolean;
    do {
      isThere = this.#table.read(this.#key);
      if (isThere && this.#table.value.isCoded) return this.#computing.replace(key, plain);
    } while (!this.#table.replace(this.#key, this.#value));
    return isThere ? this.#valueRead() : undefined;
  }

  /**
   * Sets `key` to `value` if its value is `expected`, and returns whether it did. Values of the codec are equal if they are encoded
   * alike.
   *
   * @throws {TypeError | RangeError | CapacityError} As `set`, for `expected` too.
   */
  override compareAndSet(key: K, expected: V, value: V): boolean {
    const plainExpected = this.#encoder.plainOf(expected);
    this.#fill(key, value);
    return this.#replaceEqual(plainExpected, this.#value);
  }

  /**
   * Removes `key` if its value is `expected`, compared as in `compareAndSet`, and returns whether it did.
   *
   * @throws {TypeError | RangeError} As `set`, for `expected`.
   */
  override compareAndDelete(key: K, expected: V): boolean {
    const plainExpected = this.#encoder.plainOf(expected);
    this.#encoder.fillKey(this.#key, key);
    return this.#replaceEqual(plainExpected, undefined);
  }

  /**
   * Sets `key` to what `fn` returns for its value, and returns that; `undefined` deletes. `fn` is called again, with the newer value,
   * if another thread wrote in between: it should do nothing but compute. What `fn` itself writes to the key is overwritten.
   *
   * @throws What `fn` throws; the key keeps its value then.
   * @throws {Error} If `fn` was called 100 times, and changed `key` through another object of the map each time.
   * @throws {TypeError | RangeError | CapacityError} As `set`.
   */
  override update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    return this.#computing.update(key, fn);
  }

  /** Iterates over `[key, value]`. */
  entries(): MapIterator<[K, V]> {
    return this.#decodedEntries();
  }

  *#decodedEntries(): MapIterator<[K, V]> {
    for (const { key, value, isCoded } of readEntries(this.#table)) {
      yield [key as K, this.#encoder.decoded(value, isCoded)];
    }
  }

  /** Ends the use of the map through this object: every later use throws. Other objects and threads can go on using the map. */
  close(): void {
    this.#kept = undefined;
    this.#table.close();
  }

  /** Calls `close`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #getByText(key: K & string): V | undefined {
    const kept = this.#kept?.find(key);
    if (kept !== undefined) return kept.value as V;
    if (!this.#read(key)) return undefined;
    const { isPrimitive } = this.#table.value;
    const value = this.#valueRead();
    // The codec may have used the map, and so the table.
    if (isPrimitive) this.#kept?.keep(key, value, this.#table.moment());
    return value;
  }

  #read(key: K): boolean {
    this.#encoder.fillKey(this.#key, key);
    return this.#table.read(this.#key);
  }

  #fill(key: K, value: V): Plain {
    const plain = this.#encoder.plainOf(value);
    this.#encoder.fillKey(this.#key, key);
    this.#encoder.fill(this.#value, plain);
    return plain;
  }

  #valueRead(): V {
    const { value } = this.#table;
    return this.#encoder.decoded(value.value(), value.isCoded);
  }

  #replaceEqual(expected: Plain, value: WordBuffer | undefined): boolean {
    this.#encoder.fill(this.#expected, expected);
    do if (!this.#table.read(this.#key) || !this.#table.value.equals(this.#expected)) return false; while (
      !this.#table.replace(this.#key, value)
    );
    return true;
  }
}
