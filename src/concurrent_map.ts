/** What every map of this package is: ECMAScript's `Map` plus atomic operations.
 *
 * @module
 */

/**
 * The facts about a map that its type cannot say. They are held to by the conformance suite, so they can be relied on
 * when one map is replaced by another.
 */
export interface Traits {
  /**
   * The order in which entries are visited: `insertion` as in `Map`, or `none`: any order, which may differ from one
   * iteration to the next.
   */
  readonly order: "insertion" | "none";
  /**
   * What an iteration sees of writes made while it runs.
   *
   * - `live`: as in `Map`: every entry added before the iteration ends is visited, deleted ones that were not yet
   *   visited are not.
   * - `snapshot`: exactly the entries of the moment at which the iteration began.
   * - `weak`: every entry that was there all along is visited once; one that was added or deleted meanwhile may be
   *   visited or not.
   */
  readonly iteration: "live" | "snapshot" | "weak";
  /**
   * How long it takes to take a snapshot: `constant`: as long in any map, what is written afterwards pays for it; `linear`:
   * as long as to visit every entry.
   */
  readonly snapshot: "constant" | "linear";
  /**
   * Which keys the map takes: `any`, compared as `Map` compares them; or `integers`: safe integers only, or `strings and
   * integers`: strings and safe integers only, so that each operation on another key throws a `TypeError`.
   */
  readonly keys: "any" | "integers" | "strings and integers";
  /**
   * Whether `get` gives back the very value that was set (`reference`) or another one equal to it (`copy`); or `numbers`:
   * the map takes numbers only, of which there is but one of each, and throws a `TypeError` for another value.
   */
  readonly values: "reference" | "copy" | "numbers";
  /** The largest number of entries on V8, where one `Map` holds 2^24. Other engines may hold more. */
  readonly maxEntries: number;
  /** Whether several workers can use the same map at once. */
  readonly shared: boolean;
  /**
   * Whether the map removes entries on its own: to make room, or because their time is over. It is then an
   * {@link EvictingMap}.
   */
  readonly evicts: boolean;
}

/**
 * A synchronous map: ECMAScript's `Map` with the same names and results, so that it can stand where a `Map` stood, plus
 * the atomic operations of Go's `sync.Map`.
 *
 * Every method is one atomic step to everyone who shares the map. Keys are compared by SameValueZero: `NaN` equals
 * `NaN`, `-0` is stored as `0`, objects are equal to themselves only. `undefined` is a value like any other: `has` tells
 * it from an absent key.
 *
 * | Go `sync.Map` | here |
 * | --- | --- |
 * | `Load` | `get`, `has` |
 * | `Store` | `set` |
 * | `Delete` | `delete` |
 * | `Clear` | `clear` |
 * | `LoadOrStore` | `getOrInsert`, `getOrInsertComputed` |
 * | `LoadAndDelete` | `getAndDelete` |
 * | `Swap` | `getAndSet` |
 * | `CompareAndSwap` | `compareAndSet` |
 * | `CompareAndDelete` | `compareAndDelete` |
 * | `Range` | `forEach`, `entries`, `keys`, `values`, iteration |
 */
export interface ConcurrentMap<K, V> extends Iterable<[K, V]> {
  /** The number of entries. */
  readonly size: number;
  /** What the map promises beyond its type. */
  readonly traits: Traits;
  /** The class's name, as in `Object.prototype.toString`. */
  readonly [Symbol.toStringTag]: string;

  /** The value of `key`, or `undefined` if it is absent. */
  get(key: K): V | undefined;
  /** Whether `key` is present, even if its value is `undefined`. */
  has(key: K): boolean;
  /** Sets the value of `key` and returns the map. */
  set(key: K, value: V): this;
  /** Removes `key` and returns whether it was present. */
  delete(key: K): boolean;
  /** Removes every entry. */
  clear(): void;

  /** The value of `key`; if it is absent, it is set to `value` first. */
  getOrInsert(key: K, value: V): V;
  /**
   * The value of `key`; if it is absent, it is set to what `compute` returns first. `compute` is called at most once, with the
   * key as it will be stored; if it throws, nothing is stored and the error reaches the caller. If `compute` itself
   * writes to `key`, its result overwrites that, as in ECMAScript.
   */
  getOrInsertComputed(key: K, compute: (key: K) => V): V;
  /** Removes `key` and returns the value it had, or `undefined`. */
  getAndDelete(key: K): V | undefined;
  /** Gives `key` a value and returns the one it had before, or `undefined`. */
  getAndSet(key: K, value: V): V | undefined;
  /**
   * Gives `key` a value if it has the value `expected` (by SameValueZero; objects by identity), and tells whether it
   * did. A key that is absent is never equal to `expected`, not even to `undefined`.
   */
  compareAndSet(key: K, expected: V, value: V): boolean;
  /** Removes `key` if it has the value `expected`, compared as in `compareAndSet`, and tells whether it did. */
  compareAndDelete(key: K, expected: V): boolean;
  /**
   * Replaces the value of `key` by what `fn` returns for it and returns that; `fn` gets `undefined` for an absent key,
   * and deletes the key by returning `undefined`. If `fn` throws, nothing is changed. If `fn` itself writes to `key`,
   * its result overwrites that.
   */
  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined;

  /** Calls `callback` for each entry; `thisArg` is its `this`. */
  forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void;
  /** Iterates over `[key, value]`. */
  entries(): MapIterator<[K, V]>;
  /** Iterates over the keys. */
  keys(): MapIterator<K>;
  /** Iterates over the values. */
  values(): MapIterator<V>;
  /** Iterates over `[key, value]`. */
  [Symbol.iterator](): MapIterator<[K, V]>;
  /** The entries as of this moment, whatever is written afterwards. It can be iterated any number of times. */
  snapshot(): Iterable<[K, V]>;
}

/**
 * A map that removes entries on its own, as a cache does: its trait `evicts` is `true`. What it is asked here changes
 * nothing, so that it can be compared with another map while it is used.
 */
export interface EvictingMap<K, V> extends ConcurrentMap<K, V> {
  /** The value of `key`, or `undefined` if it is absent; the key does not count as used, as `get` has it. Nor does `has`. */
  peek(key: K): V | undefined;
  /**
   * Whether the map ever removed `key` on its own, be it there again or not. Never `false` for a key that it removed; it may
   * be `true` for others, since it answers from bounded memory.
   */
  evicted(key: K): boolean;
}
