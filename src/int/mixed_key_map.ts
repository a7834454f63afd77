import { AbstractMap } from "../abstract_map.ts";
import type { ConcurrentMap } from "../concurrent_map.ts";
import { IntMap } from "./int_map.ts";
import { NativeMap } from "../native/native_map.ts";

/**
 * An {@link IntMap} that accepts any key: those that are not safe integers go to a {@link NativeMap} beside it. Each
 * operation checks its key for that.
 */
export class MixedKeyMap<K, V> extends AbstractMap<K, V> {
  readonly #integers: IntMap<V> = new IntMap();
  readonly #others: NativeMap<K, V> = new NativeMap();

  /** The number of entries. */
  override get size(): number {
    return this.#integers.size + this.#others.size;
  }

  /** The value of `key`, or `undefined` if it is absent. */
  get(key: K): V | undefined {
    return Number.isSafeInteger(key) ? this.#integers.get(key as number) : this.#others.get(key);
  }

  /** Whether `key` is present, even if its value is `undefined`. */
  has(key: K): boolean {
    return Number.isSafeInteger(key) ? this.#integers.has(key as number) : this.#others.has(key);
  }

  /** Sets the value of `key` and returns the map. */
  set(key: K, value: V): this {
    if (Number.isSafeInteger(key)) this.#integers.set(key as number, value);
    else this.#others.set(key, value);
    return this;
  }

  /** Removes `key` and returns whether it was present. */
  delete(key: K): boolean {
    return Number.isSafeInteger(key) ? this.#integers.delete(key as number) : this.#others.delete(key);
  }

  /** Removes every entry. */
  override clear(): void {
    this.#integers.clear();
    this.#others.clear();
  }

  /** The value of `key`; if it is absent, it is set to `value` first. */
  override getOrInsert(key: K, value: V): V {
    return this.#mapOf(key).getOrInsert(key, value);
  }

  /** The value of `key`; if it is absent, it is set to what `compute` returns first. */
  override getOrInsertComputed(key: K, compute: (key: K) => V): V {
    return this.#mapOf(key).getOrInsertComputed(key, compute);
  }

  /** Removes `key` and returns the value that it had. */
  override getAndDelete(key: K): V | undefined {
    return this.#mapOf(key).getAndDelete(key);
  }

  /** Sets the value of `key` and returns the one that it had before. */
  override getAndSet(key: K, value: V): V | undefined {
    return this.#mapOf(key).getAndSet(key, value);
  }

  /** Sets the value of `key` if it is `expected`, and returns whether it was. */
  override compareAndSet(key: K, expected: V, value: V): boolean {
    return this.#mapOf(key).compareAndSet(key, expected, value);
  }

  /** Removes `key` if its value is `expected`, and returns whether it was. */
  override compareAndDelete(key: K, expected: V): boolean {
    return this.#mapOf(key).compareAndDelete(key, expected);
  }

  /** Replaces the value of `key` with what `fn` returns for it; `undefined` deletes the key. */
  override update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    return this.#mapOf(key).update(key, fn);
  }

  /** Iterates over `[key, value]`. */
  entries(): MapIterator<[K, V]> {
    return joined(this.#integers.entries() as MapIterator<[K, V]>, this.#others.entries());
  }

  /** Iterates over the keys. */
  override keys(): MapIterator<K> {
    return joined(this.#integers.keys() as MapIterator<K>, this.#others.keys());
  }

  /** Iterates over the values. */
  override values(): MapIterator<V> {
    return joined(this.#integers.values(), this.#others.values());
  }

  #mapOf(key: K): ConcurrentMap<K, V> {
    return Number.isSafeInteger(key) ? this.#integers as unknown as ConcurrentMap<K, V> : this.#others;
  }
}

function* joined<T>(integers: MapIterator<T>, others: MapIterator<T>): MapIterator<T> {
  yield* integers;
  yield* others;
}
