import { AbstractMap, DEFAULT_TRAITS } from "../abstract_map.ts";
import { checkCallback } from "../callback.ts";
import type { Traits } from "../concurrent_map.ts";
import { received } from "../received.ts";
import type { Codec } from "./codec.ts";
import { Computing } from "./computing.ts";
import { Encoder, type Plain } from "./encoder.ts";
import { countEntries, readEntries } from "./slot_order.ts";
import { KeptValues } from "./kept_values.ts";
import { Table } from "./table.ts";
import { maxEntriesOf } from "./table_memory.ts";
import { WordBuffer } from "./word_buffer.ts";

/**
 * What `SharedMap` and `WasmMap` have in common. Operations on a key take O(1), and O(length) of key and value; `size`, `clear`,
 * iteration and `snapshot` take O(n).
 *
 * @example
 * ```ts
 * import { SharedMap, type TableMap } from "@twinmap/twinmap/shared";
 * import { WasmMap } from "@twinmap/twinmap/wasm";
 * import { assertEquals } from "@std/assert";
 *
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
  readonly #name: string;
  readonly #table: Table;
  readonly #encoder: Encoder<V>;
  readonly #computing: Computing<K, V>;
  readonly #key = new WordBuffer();
  readonly #value = new WordBuffer();
  readonly #expected = new WordBuffer();
  readonly #kept: KeptValues | undefined;

  /** For the classes that extend it: `keepsValues` says whether short values are kept on the heap after they were read. */
  constructor(name: string, memory: WebAssembly.Memory, codec: Codec<V>, keepsValues: boolean) {
    super();
    this.#name = name;
    this.#table = new Table(name, memory);
    this.#kept = keepsValues ? new KeptValues(this.#table) : undefined;
    this.#encoder = new Encoder(name, codec);
    this.#computing = new Computing(this.#table, this.#encoder);
    this.#traits = {
      ...DEFAULT_TRAITS,
      keys: "strings and integers",
      values: "copy",
      maxEntries: maxEntriesOf(memory),
      shared: !(memory.buffer instanceof ArrayBuffer),
    };
  }

  /** No order, weak iteration, strings and integers for keys, values by copy, and at most one entry to 64 bytes. */
  override get traits(): Traits {
    return this.#traits;
  }

  /** How many entries there are. They are counted, which takes O(n). */
  override get size(): number {
    return countEntries(this.#table);
  }

  /**
   * The value of `key`, or `undefined` if there is none.
   *
   * @throws {TypeError} If `key` is neither a string nor a safe integer, as every operation on a key does.
   * @throws {RangeError} If `key` is longer than 2^27 - 1, as every operation on a key does.
   * @throws {CapacityError} If the map is full, and `key` so long that it can't be looked for, as every operation on a key does.
   */
  get(key: K): V | undefined {
    if (typeof key === "string") return this.#getByText(key);
    if (typeof key === "number") {
      // NaN is also what tells that there is no such number.
      const value = this.#table.exports.numberOf(key);
      if (value === value) return value as V;
    }
    return this.#read(key) ? this.#valueRead() : undefined;
  }

  /** Whether `key` has a value, be it `undefined`. */
  has(key: K): boolean {
    this.#encoder.fillKey(this.#key, key);
    return this.#table.has(this.#key);
  }

  /**
   * Gives `key` a value and returns the map.
   *
   * @throws {TypeError} If the codec does not take `value`, as every operation that is given a value does.
   * @throws {RangeError} If `value` is longer than 2^27 - 1, as every operation that is given a value does.
   * @throws {CapacityError} If there is no room for it, as every operation that is given a value does. Nothing is changed then.
   */
  set(key: K, value: V): this {
    this.#fill(key, value);
    this.#table.set(this.#key, this.#value);
    return this;
  }

  /**
   * Adds `delta` to the number of `key`, 0 if it has no value, and returns the sum, which is its value from now on.
   *
   * @throws {TypeError} If `delta` or the value is not a number.
   */
  add(key: K, delta: number): number {
    if (typeof delta !== "number") {
      throw new TypeError(`Cannot add in ${this.#name}: delta must be a number: ${received(delta)}`);
    }
    let sum: number;
    do {
      const current = this.#read(key) ? this.#table.value.value() : 0;
      if (typeof current !== "number") {
        throw new TypeError(`Cannot add in ${this.#name}: the value must be a number: ${received(current)}`);
      }
      sum = current + delta;
      this.#value.setNumber(sum);
    } while (!this.#table.replace(this.#key, this.#value));
    return sum;
  }

  /** Removes `key`, and tells whether it was there. */
  delete(key: K): boolean {
    this.#encoder.fillKey(this.#key, key);
    do if (!this.#table.has(this.#key)) return false; while (!this.#table.replace(this.#key, undefined));
    return true;
  }

  /** Removes every entry, in one step, and then frees their memory, which takes O(n). */
  override clear(): void {
    this.#computing.cleared();
    this.#table.exports.clear();
  }

  /** The value of `key`; if it has none, it is given `value` first. */
  override getOrInsert(key: K, value: V): V {
    this.#fill(key, value);
    do if (this.#table.read(this.#key)) return this.#valueRead(); while (!this.#table.replace(this.#key, this.#value));
    return value;
  }

  /**
   * The value of `key`; if it has none, it is given what `compute` returns. `compute` is called at most once by this call, but
   * another thread may be computing at the same time; both return the value that was stored first. `compute` can use the map;
   * what it throws reaches the caller, and `key` stays without a value then.
   */
  override getOrInsertComputed(key: K, compute: (key: K) => V): V {
    checkCallback("getOrInsertComputed", compute);
    return this.#computing.getOrInsert(key, compute);
  }

  /** Removes `key` and returns the value it had. */
  override getAndDelete(key: K): V | undefined {
    do if (!this.#read(key)) return undefined; while (!this.#table.replace(this.#key, undefined));
    return this.#valueRead();
  }

  /** Gives `key` a value and returns the one it had before. */
  override getAndSet(key: K, value: V): V | undefined {
    this.#fill(key, value);
    let isThere: boolean;
    do isThere = this.#table.read(this.#key); while (!this.#table.replace(this.#key, this.#value));
    return isThere ? this.#valueRead() : undefined;
  }

  /** Gives `key` a value if it has the value `expected`; values of the codec are equal if their codes are. */
  override compareAndSet(key: K, expected: V, value: V): boolean {
    const plainExpected = this.#encoder.plainOf(expected);
    this.#fill(key, value);
    return this.#replaceEqual(plainExpected, this.#value);
  }

  /** Removes `key` if it has the value `expected`, compared as in `compareAndSet`. */
  override compareAndDelete(key: K, expected: V): boolean {
    const plainExpected = this.#encoder.plainOf(expected);
    this.#encoder.fillKey(this.#key, key);
    return this.#replaceEqual(plainExpected, undefined);
  }

  /**
   * Replaces the value of `key` by what `fn` returns for it; `undefined` deletes. `fn` is called again, with the newer value, if
   * another thread wrote in between: it should do nothing but compute. What it throws reaches the caller, and `key` keeps its
   * value then.
   *
   * @returns What `fn` returned last.
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

  #getByText(key: K & string): V | undefined {
    const kept = this.#kept?.find(key);
    if (kept !== undefined) return kept.value as V;
    if (!this.#read(key)) return undefined;
    // The codec may use the map, and thereby the table.
    if (!this.#table.value.isPrimitive) return this.#valueRead();
    const value = this.#valueRead();
    this.#kept?.keep(key, value, this.#table.moment());
    return value;
  }

  #read(key: K): boolean {
    this.#encoder.fillKey(this.#key, key);
    return this.#table.read(this.#key);
  }

  #fill(key: K, value: V): void {
    const plain = this.#encoder.plainOf(value);
    this.#encoder.fillKey(this.#key, key);
    this.#encoder.fill(this.#value, plain);
  }

  #valueRead(): V {
    const { value } = this.#table;
    return this.#encoder.decoded(value.value(), value.isCoded);
  }

  #replaceEqual(expected: Plain, value: WordBuffer | undefined): boolean {
    this.#encoder.fill(this.#expected, expected);
    do {
      if (!this.#table.read(this.#key) || !this.#table.value.equals(this.#expected)) return false;
    } while (!this.#table.replace(this.#key, value));
    return true;
  }
}
