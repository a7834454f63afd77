import type { ConcurrentMap, Traits } from "../concurrent_map.ts";
import { IntMap } from "./int_map.ts";
import { NativeMap } from "../native/native_map.ts";

/**
 * An {@link IntMap} that takes any key: those that are no safe integers go to a {@link NativeMap} beside it, at the cost of
 * telling them apart.
 */
export class MixedKeyMap<K, V> implements ConcurrentMap<K, V> {
  /** No order, weak iteration, values by reference; 2^24 entries, as many as there may be of the other keys. */
  readonly traits: Traits = {
    order: "none",
    iteration: "weak",
    snapshot: "linear",
    keys: "any",
    values: "reference",
    maxEntries: 2 ** 24,
    shared: false,
    evicts: false,
  };
  readonly #integers: IntMap<V> = new IntMap();
  readonly #others: NativeMap<K, V> = new NativeMap();

  /** How many entries there are. */
  get size(): number {
    return this.#integers.size + this.#others.size;
  }

  /** The value of `key`, or `undefined` if there is none. */
  get(key: K): V | undefined {
    return Number.isSafeInteger(key) ? this.#integers.get(key as number) : this.#others.get(key);
  }

  /** Whether `key` has a value, be it `undefined`. */
  has(key: K): boolean {
    return Number.isSafeInteger(key) ? this.#integers.has(key as number) : this.#others.has(key);
  }

  /** Gives `key` a value and returns the map. */
  set(key: K, value: V): this {
    if (Number.isSafeInteger(key)) this.#integers.set(key as number, value);
    else this.#others.set(key, value);
    return this;
  }

  /** Removes `key`, and tells whether it was there. */
  delete(key: K): boolean {
    return Number.isSafeInteger(key) ? this.#integers.delete(key as number) : this.#others.delete(key);
  }

  /** Removes every entry. */
  clear(): void {
    this.#integers.clear();
    this.#others.clear();
  }

  /** The value of `key`; if it has none, it is given `value` first. */
  getOrInsert(key: K, value: V): V {
    return this.#mapOf(key).getOrInsert(key, value);
  }

  /** The value of `key`; if it has none, it is given what `compute` returns. */
  getOrInsertComputed(key: K, compute: (key: K) => V): V {
    return this.#mapOf(key).getOrInsertComputed(key, compute);
  }

  /** Removes `key` and returns the value it had. */
  getAndDelete(key: K): V | undefined {
    return this.#mapOf(key).getAndDelete(key);
  }

  /** Gives `key` a value and returns the one it had before. */
  getAndSet(key: K, value: V): V | undefined {
    return this.#mapOf(key).getAndSet(key, value);
  }

  /** Gives `key` a value if it has the value `expected`, and tells whether it did. */
  compareAndSet(key: K, expected: V, value: V): boolean {
    return this.#mapOf(key).compareAndSet(key, expected, value);
  }

  /** Removes `key` if it has the value `expected`, and tells whether it did. */
  compareAndDelete(key: K, expected: V): boolean {
    return this.#mapOf(key).compareAndDelete(key, expected);
  }

  /** Replaces the value of `key` by what `fn` returns for it; `undefined` deletes. */
  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    return this.#mapOf(key).update(key, fn);
  }

  /** Calls `callback` for each entry. */
  forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    for (const [key, value] of this.entries()) callback.call(thisArg, value, key, this);
  }

  /** Iterates over `[key, value]`. */
  *entries(): MapIterator<[K, V]> {
    yield* this.#integers.entries() as MapIterator<[K, V]>;
    yield* this.#others.entries();
  }

  /** Iterates over the keys. */
  *keys(): MapIterator<K> {
    yield* this.#integers.keys() as MapIterator<K>;
    yield* this.#others.keys();
  }

  /** Iterates over the values. */
  *values(): MapIterator<V> {
    yield* this.#integers.values();
    yield* this.#others.values();
  }

  /** The entries as of this moment. */
  snapshot(): Iterable<[K, V]> {
    return [...this.entries()];
  }

  /** Iterates over `[key, value]`. */
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  /** The class's name. */
  get [Symbol.toStringTag](): string {
    return "MixedKeyMap";
  }

  #mapOf(key: K): ConcurrentMap<K, V> {
    return Number.isSafeInteger(key) ? this.#integers as unknown as ConcurrentMap<K, V> : this.#others;
  }
}
