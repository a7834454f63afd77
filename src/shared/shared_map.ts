/**
 * One map for all workers: in shared memory, without locks.
 *
 * @module
 */

import type { ConcurrentMap, Traits } from "../concurrent_map.ts";
import { received } from "../received.ts";
import type { Codec } from "./codec.ts";
import { Computing } from "./computing.ts";
import { buffersOf, type SharedMapHandle } from "./handle.ts";
import {
  checkedCodec,
  checkedMaxBytes,
  type SharedMapAttachOptions,
  type SharedMapOptions,
} from "./shared_map_options.ts";
import { createBuffers, MAX_BLOCKS_AT } from "./shared_memory.ts";
import { SharedTable } from "./shared_table.ts";
import { countEntries, readEntries } from "./slot_order.ts";
import { decoded, fill, fillKey, NOTHING, type Plain, plainOf } from "./stored.ts";
import { WordBuffer } from "./word_buffer.ts";

export type { ConcurrentMap, Traits } from "../concurrent_map.ts";
export { CapacityError } from "./capacity_error.ts";
export { type Codec, json } from "./codec.ts";
export type { SharedMapHandle } from "./handle.ts";
export type { SharedMapAttachOptions, SharedMapOptions } from "./shared_map_options.ts";

/**
 * A {@link ConcurrentMap} that all workers share: one map in shared memory, which each of them uses as if it were its own.
 * Keys are strings or safe integers; values are copied.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | `get`, `has` and the other operations on a key | O(1), and O(length) of key and value | O(entries of one slot) |
 * | `size`, `clear`, iteration, `snapshot` | O(n) | O(n) |
 *
 * Every operation on keys, and `clear`, is one atomic step to all threads: the map is linearizable. There are no locks: `get` and
 * `has` wait for nobody, and a write begins anew only where another one has succeeded. A worker that is terminated in the middle
 * of anything leaves the map as it was before the operation or after it. What it loses is memory: at most 64 blocks of 64
 * bytes, and the entry it was about to write and the one it replaced.
 *
 * What differs from a map of one thread: `update` may call its function again, with the newer value, if another
 * thread wrote in between; and `getOrInsertComputed` may be computing in two threads at a time, of which both get the value that
 * was stored first. `size`, iteration and `snapshot` see each key at one moment, but not all keys at the same.
 *
 * An entry takes 64 bytes up to about 40 bytes of key and value, whose characters take one byte each up to U+00FF, else two;
 * and 64 more for each further 60 bytes. What was deleted or replaced is used again.
 *
 * What it is bad at: large objects, which are encoded and decoded each time. Insertion order. `size` in a loop.
 *
 * @example
 * ```ts
 * import { SharedMap } from "@twinmap/twinmap/shared";
 * import { assertEquals } from "@std/assert";
 *
 * const hits = SharedMap.create<string, number>({ maxBytes: 2 ** 20 });
 * const inAnotherWorker = SharedMap.attach<string, number>(hits.handle);
 * inAnotherWorker.add("/", 2);
 * assertEquals(hits.add("/", 1), 3);
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class SharedMap<K extends string | number, V> implements ConcurrentMap<K, V> {
  /** No order, weak iteration, strings and integers for keys, values by copy; shared; one entry to 64 bytes. */
  readonly traits: Traits;
  /** What another thread attaches by. */
  readonly handle: SharedMapHandle;
  readonly #codec: Codec<V>;
  readonly #table: SharedTable;
  readonly #computing: Computing<K, V>;
  readonly #key = new WordBuffer();
  readonly #value = new WordBuffer();
  readonly #expected = new WordBuffer();

  private constructor(handle: SharedMapHandle, maxEntries: number, codec: Codec<V>) {
    this.handle = handle;
    this.#codec = codec;
    this.#table = new SharedTable(handle);
    this.#computing = new Computing(this.#table, codec);
    this.traits = {
      order: "none",
      iteration: "weak",
      snapshot: "linear",
      keys: "strings and integers",
      values: "copy",
      maxEntries,
      shared: true,
      evicts: false,
    };
  }

  /**
   * A new, empty map.
   *
   * @param options See {@link SharedMapOptions}.
   * @throws {TypeError} If an option is of the wrong type.
   * @throws {RangeError} If `maxBytes` is out of its range, or more than the system can reserve.
   */
  static create<K extends string | number, V>(options: SharedMapOptions<V> = {}): SharedMap<K, V> {
    const codec = checkedCodec("create", options);
    const maxBytes = checkedMaxBytes(options);
    return SharedMap.#of({ kind: "SharedMap", ...createBuffers(maxBytes) }, codec);
  }

  /**
   * The map that a handle is of, for this thread.
   *
   * @throws {TypeError} If it is not the `handle` of a map, or of another version of this module, or an option is of the wrong type.
   */
  static attach<K extends string | number, V>(
    handle: SharedMapHandle,
    options: SharedMapAttachOptions<V> = {},
  ): SharedMap<K, V> {
    return SharedMap.#of({ kind: "SharedMap", ...buffersOf(handle) }, checkedCodec("attach", options));
  }

  static #of<K extends string | number, V>(handle: SharedMapHandle, codec: Codec<V>): SharedMap<K, V> {
    return new SharedMap(handle, new Int32Array(handle.slots)[MAX_BLOCKS_AT] as number, codec);
  }

  /** How many entries there are. They are counted, which takes O(n). */
  get size(): number {
    return countEntries(this.#table);
  }

  /**
   * The value of `key`, or `undefined` if there is none.
   *
   * @throws {TypeError} If `key` is neither a string nor a safe integer, as every operation on a key does.
   */
  get(key: K): V | undefined {
    return this.#read(key) ? this.#valueRead() : undefined;
  }

  /** Whether `key` has a value, be it `undefined`. */
  has(key: K): boolean {
    fillKey(this.#key, key);
    return this.#table.find(this.#key);
  }

  /**
   * Gives `key` a value and returns the map.
   *
   * @throws {TypeError} If the codec does not take `value`, as every operation that is given a value does.
   * @throws {CapacityError} If there is no room for it, as every operation that is given a value does. Nothing is changed then.
   */
  set(key: K, value: V): this {
    this.#fill(key, value);
    do this.#table.find(this.#key); while (!this.#table.replace(this.#key, this.#value));
    return this;
  }

  /**
   * Adds `delta` to the number of `key`, 0 if it has no value, and returns the sum, which is its value from now on.
   *
   * @throws {TypeError} If `delta` or the value is not a number.
   */
  add(key: K, delta: number): number {
    if (typeof delta !== "number") {
      throw new TypeError(`Cannot add in SharedMap: delta must be a number: ${received(delta)}`);
    }
    let sum: number;
    do {
      const current = this.#read(key) ? this.#table.value.value() : 0;
      if (typeof current !== "number") {
        throw new TypeError(`Cannot add in SharedMap: the value must be a number: ${received(current)}`);
      }
      sum = current + delta;
      this.#value.setNumber(sum);
    } while (!this.#table.replace(this.#key, this.#value));
    return sum;
  }

  /** Removes `key`, and tells whether it was there. */
  delete(key: K): boolean {
    fillKey(this.#key, key);
    do if (!this.#table.find(this.#key)) return false; while (!this.#table.replace(this.#key, undefined));
    return true;
  }

  /** Removes every entry, in one step. What it takes is to free their memory. */
  clear(): void {
    this.#table.clear();
  }

  /** The value of `key`; if it has none, it is given `value` first. */
  getOrInsert(key: K, value: V): V {
    this.#fill(key, value);
    do if (this.#table.read(this.#key)) return this.#valueRead(); while (!this.#table.replace(this.#key, this.#value));
    return value;
  }

  /**
   * The value of `key`; if it has none, it is given what `compute` returns. `compute` is called at most once by this call, but
   * another thread may be computing at the same time; both return the value that was stored first.
   */
  getOrInsertComputed(key: K, compute: (key: K) => V): V {
    return this.#computing.getOrInsert(key, compute);
  }

  /** Removes `key` and returns the value it had. */
  getAndDelete(key: K): V | undefined {
    do if (!this.#read(key)) return undefined; while (!this.#table.replace(this.#key, undefined));
    return this.#valueRead();
  }

  /** Gives `key` a value and returns the one it had before. */
  getAndSet(key: K, value: V): V | undefined {
    this.#fill(key, value);
    let isThere: boolean;
    do isThere = this.#table.read(this.#key); while (!this.#table.replace(this.#key, this.#value));
    return isThere ? this.#valueRead() : undefined;
  }

  /** Gives `key` a value if it has the value `expected`; values of the codec are equal if their codes are. */
  compareAndSet(key: K, expected: V, value: V): boolean {
    const [plainExpected, plain] = [plainOf(expected, this.#codec), plainOf(value, this.#codec)];
    return this.#replaceEqual(key, plainExpected, plain);
  }

  /** Removes `key` if it has the value `expected`, compared as in `compareAndSet`. */
  compareAndDelete(key: K, expected: V): boolean {
    return this.#replaceEqual(key, plainOf(expected, this.#codec), NOTHING);
  }

  /**
   * Replaces the value of `key` by what `fn` returns for it; `undefined` deletes. `fn` is called again, with the newer value, if
   * another thread wrote in between: it should do nothing but compute.
   */
  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    return this.#computing.update(key, fn);
  }

  /** Calls `callback` for each entry. */
  forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    for (const [key, value] of this.entries()) callback.call(thisArg, value, key, this);
  }

  /** Iterates over `[key, value]`. */
  *entries(): MapIterator<[K, V]> {
    for (const { key, value, isCoded } of readEntries(this.#table)) {
      yield [key as K, decoded(value, isCoded, this.#codec)];
    }
  }

  /** Iterates over the keys. */
  *keys(): MapIterator<K> {
    for (const [key] of this.entries()) yield key;
  }

  /** Iterates over the values. */
  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  /** The entries as of this moment; what other threads write while it is taken can be in it or not. */
  snapshot(): Iterable<[K, V]> {
    return [...this.entries()];
  }

  /** Iterates over `[key, value]`. */
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  /** The class's name. */
  get [Symbol.toStringTag](): string {
    return "SharedMap";
  }

  #read(key: K): boolean {
    fillKey(this.#key, key);
    return this.#table.read(this.#key);
  }

  #fill(key: K, value: V): void {
    const plain = plainOf(value, this.#codec);
    fillKey(this.#key, key);
    fill(this.#value, plain);
  }

  #valueRead(): V {
    const { value } = this.#table;
    return decoded(value.value(), value.isCoded, this.#codec);
  }

  #replaceEqual(key: K, expected: Plain, plain: Plain | typeof NOTHING): boolean {
    fillKey(this.#key, key);
    fill(this.#expected, expected);
    if (plain !== NOTHING) fill(this.#value, plain);
    do {
      if (!this.#table.read(this.#key) || !this.#table.value.equals(this.#expected)) return false;
    } while (!this.#table.replace(this.#key, plain === NOTHING ? undefined : this.#value));
    return true;
  }
}
