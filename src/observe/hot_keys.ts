import { asConcurrentMap } from "../native/as_concurrent_map.ts";
import type { ConcurrentMap } from "../concurrent_map.ts";
import { ForwardingMap } from "../forwarding_map.ts";
import { checkOptions, type Rules, wholeNumber } from "../options.ts";
import { type HotKey, SpaceSaving } from "./space_saving.ts";

/**
 * The number of counted keys for each listed one. With 8, all of the top 100 of a million keys are found, each count to
 * 4 %, even under a Zipf law as flat as 0.7; with 2, a third of them are missed.
 */
const COUNTED_PER_LISTED = 8;

/** Options for {@link hotKeys}. */
export interface HotKeysOptions {
  /**
   * The number of keys to list: 1 to 1,000. Each takes about a kilobyte, and holds on to eight keys.
   * @default {20}
   */
  readonly top?: number;
}

const RULES: Rules<HotKeysOptions> = { top: wholeNumber(1, 1_000) };

/**
 * Observes a map: counts each operation on a key and finds the most frequently used keys, in bounded memory.
 *
 * @param map The map to observe; a plain `Map` is adopted, not copied.
 * @param options See {@link HotKeysOptions}.
 * @returns The map to use from now on: operations on `map` itself are not counted.
 * @throws {TypeError} If `map` is not a map, `top` is not a number, or an option is unknown.
 * @throws {RangeError} If `top` is not a whole number from 1 to 1000.
 *
 * @example
 * ```ts
 * import { hotKeys } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const carts = hotKeys(new Map([["ada", 1], ["bob", 2]]), { top: 1 });
 * carts.get("ada");
 * carts.get("bob");
 * carts.set("ada", 3);
 * assertEquals(carts.top(), [{ key: "ada", count: 2, error: 0 }]);
 * assertEquals(carts.counted, 3);
 * ```
 */
export function hotKeys<K, V>(
  map: ConcurrentMap<K, V> | Map<K, V>,
  options?: HotKeysOptions,
): HotKeysMap<K, V> {
  const { top } = checkOptions("observe a map", options, RULES, { top: 20 });
  return new HotKeysMap(asConcurrentMap(map, "Cannot observe a map: it"), top);
}

/**
 * A map that forwards every operation to another one, and counts the operations on each key. Created by `hotKeys`.
 *
 * Each call counts once for its key, whether or not the key is present, and even if the call throws. Operations on the
 * whole map (`size`, `clear`, iteration, `snapshot`) count for no key, and `clear` keeps the counts. They cover all the
 * time since the map was first observed: compare two readings to see what is hot now.
 *
 * The counts come from a space-saving sketch with a filter, so each has a bound on its error. Nothing is sampled: the
 * bound always holds. The cost is shown by `bench/hot_keys/main.ts`: with 100,000 string keys an operation takes about
 * twice as long as on a `Map` alone if some keys are hot, and two to five times as long if all are used equally, since
 * a key that is not counted yet must be searched and hashed as well.
 *
 * The counted keys, eight times `top`, are held strongly, even objects that are no longer in the map.
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class HotKeysMap<K, V> extends ForwardingMap<K, V> {
  readonly #sketch: SpaceSaving<K>;
  readonly #top: number;

  /** Call `hotKeys` instead. */
  constructor(map: ConcurrentMap<K, V>, top: number) {
    super(map);
    this.#sketch = new SpaceSaving(top * COUNTED_PER_LISTED);
    this.#top = top;
  }

  /**
   * The most frequently used keys, at most `top` of them, in descending order of their counts. The true count of each
   * is from `count - error` to `count`, and no other key was used more often than the `count` of the last one.
   */
  top(): HotKey<K>[] {
    return this.#sketch.top(this.#top);
  }

  /** The number of counted operations, on all keys together. */
  get counted(): number {
    return this.#sketch.total;
  }

  /** The value of `key`, or `undefined` if it is absent. */
  override get(key: K): V | undefined {
    this.#sketch.add(key);
    return super.get(key);
  }

  /** Whether `key` is present, even if its value is `undefined`. */
  override has(key: K): boolean {
    this.#sketch.add(key);
    return super.has(key);
  }

  /** Sets the value of `key` and returns the map. */
  override set(key: K, value: V): this {
    this.#sketch.add(key);
    return super.set(key, value);
  }

  /** Removes `key` and returns whether it was present. */
  override delete(key: K): boolean {
    this.#sketch.add(key);
    return super.delete(key);
  }

  /** The value of `key`; if it is absent, it is set to `value` first. */
  override getOrInsert(key: K, value: V): V {
    this.#sketch.add(key);
    return super.getOrInsert(key, value);
  }

  /**
   * The value of `key`; if it is absent, it is set to what `compute` returns first.
   *
   * @throws {TypeError} If `compute` is not a function.
   */
  override getOrInsertComputed(key: K, compute: (key: K) => V): V {
    this.#sketch.add(key);
    return super.getOrInsertComputed(key, compute);
  }

  /** Removes `key` and returns the value that it had. */
  override getAndDelete(key: K): V | undefined {
    this.#sketch.add(key);
    return super.getAndDelete(key);
  }

  /** Sets the value of `key` and returns the one that it had before. */
  override getAndSet(key: K, value: V): V | undefined {
    this.#sketch.add(key);
    return super.getAndSet(key, value);
  }

  /** Sets the value of `key` if it is `expected`, and returns whether it was. */
  override compareAndSet(key: K, expected: V, value: V): boolean {
    this.#sketch.add(key);
    return super.compareAndSet(key, expected, value);
  }

  /** Removes `key` if its value is `expected`, and returns whether it was. */
  override compareAndDelete(key: K, expected: V): boolean {
    this.#sketch.add(key);
    return super.compareAndDelete(key, expected);
  }

  /**
   * Replaces the value of `key` with what `fn` returns for it; `undefined` deletes the key.
   *
   * @throws {TypeError} If `fn` is not a function.
   */
  override update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    this.#sketch.add(key);
    return super.update(key, fn);
  }
}
