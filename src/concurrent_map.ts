/**
 * The interface of every synchronous map: ECMAScript's `Map` plus atomic operations. And the traits of all maps.
 *
 * @module
 */

/**
 * Facts about a map that its type cannot express. The conformance suite checks them, so you can rely on them when you
 * replace one map with another.
 */
export interface Traits {
  /**
   * The order of iteration: `insertion`, as in `Map`, or `none`: any order, which may change from one iteration to the
   * next.
   */
  readonly order: "insertion" | "none";
  /**
   * How an iteration reacts to writes that happen while it runs.
   *
   * - `live`: as in `Map`: it visits every entry that is added before it ends, and skips entries that are deleted before it
   *   reaches them.
   * - `snapshot`: it visits exactly the entries that were present when it began.
   * - `weak`: it visits every entry that is present throughout once; an entry that is added or deleted meanwhile may be visited
   *   or not.
   */
  readonly iteration: "live" | "snapshot" | "weak";
  /**
   * How many entries a map may have for an iteration to visit each of them only once. In a larger one it may visit some again.
   * `Infinity`: it never does.
   */
  readonly maxVisitedOnce: number;
  /**
   * The time to take a snapshot: `constant`, whatever the size, at a cost to later writes; `linear` in the number of
   * entries; or `none`: the store has no snapshots, and `snapshot` rejects with a `TypeError`.
   */
  readonly snapshot: "constant" | "linear" | "none";
  /**
   * The keys that the map accepts: `any`, compared as `Map` compares them; `integers`: safe integers only; `strings and
   * integers`: strings and safe integers only; or `strings, integers and bytes`: these and each `Uint8Array`, compared by its
   * content. Every operation on another key throws a `TypeError`.
   */
  readonly keys: "any" | "integers" | "strings and integers" | "strings, integers and bytes";
  /**
   * Whether `get` returns the value that was set (`reference`) or a copy of it (`copy`); or `numbers`: the map accepts
   * numbers only, and throws a `TypeError` for any other value.
   */
  readonly values: "reference" | "copy" | "numbers";
  /**
   * How many entries the map holds on V8, however they come and go: 2^23 in a `Map`, or nearly 2^24 as long as none is deleted.
   * Other engines may hold more. `Infinity`: no limit but the space of the store.
   */
  readonly maxEntries: number;
  /**
   * The longest key that the map accepts, in bytes as the map encodes it; `Infinity`: no limit. Every operation on a longer key
   * throws a `RangeError`.
   */
  readonly maxKeyBytes: number;
  /**
   * The longest value that the map accepts, in bytes as the map encodes it; `Infinity`: no limit. A write of a longer value throws
   * a `RangeError`.
   */
  readonly maxValueBytes: number;
  /**
   * Who uses the map at the same time: one `thread`, the workers of a `process`, or all that use the same `store`, such as a
   * table. A backfill deletes nothing in a map that is shared more widely than the one that it copies.
   */
  readonly scope: "thread" | "process" | "store";
  /**
   * To whom each method on one key is one step.
   *
   * - `store`: to everyone who uses the store, in whatever process; for a map in memory, to everyone who uses that memory.
   * - `process`: to everyone who uses this map object. Other users of the store see the single reads and writes that the method
   *   consists of, and their writes may come in between, so that one of two may be lost.
   * - `none`: to nobody.
   */
  readonly atomic: "store" | "process" | "none";
  /**
   * Whether the map evicts entries, to make room. It is then an {@link EvictingMap}.
   */
  readonly evicts: boolean;
  /**
   * Whether `get` changes more than it returns: the order of iteration, or which entry is evicted next. A twin looks at such
   * a map by its method `peek`, if it has one.
   */
  readonly touches: boolean;
  /**
   * Whether entries expire: `never`; all after the same time (`map`); or each after its own (`entry`). Unless it is `never`, the
   * map is an {@link ExpiringMap}.
   */
  readonly expires: "never" | "map" | "entry";
  /**
   * By how many milliseconds an entry may outlive the time that it was given: the unit to which its store rounds up. It is never gone
   * before, except by the difference between the clocks of store and process. 0 where entries never expire, or on time.
   */
  readonly expiryPrecisionMs: number;
}

/**
 * A synchronous map: ECMAScript's `Map`, with the same names and results so that it can replace one, plus the atomic
 * operations of Go's `sync.Map`.
 *
 * Every method is one atomic step for all users of the map. Keys are compared by SameValueZero: `NaN` equals `NaN`,
 * `-0` is stored as `0`, and an object equals only itself. `undefined` is a value like any other: use `has` to tell it
 * from an absent key.
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
  /** What the map guarantees beyond its type. */
  readonly traits: Traits;
  /** The name of the class, as in `Object.prototype.toString`. */
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
   * The value of `key`; if it is absent, it is set to what `compute` returns first. `compute` is called at most once,
   * with the key as it will be stored. If it throws, nothing is stored and the caller gets the error. If it writes to
   * `key` itself, its result overwrites that, as in ECMAScript.
   *
   * @throws {TypeError} If `compute` is not a function, even if the key is present.
   */
  getOrInsertComputed(key: K, compute: (key: K) => V): V;
  /** Removes `key` and returns the value that it had, or `undefined`. */
  getAndDelete(key: K): V | undefined;
  /** Sets the value of `key` and returns the one that it had before, or `undefined`. */
  getAndSet(key: K, value: V): V | undefined;
  /**
   * Sets the value of `key` if its present value equals `expected` by SameValueZero, and returns whether it did. An
   * absent key equals nothing, not even `undefined`.
   */
  compareAndSet(key: K, expected: V, value: V): boolean;
  /** Removes `key` if its value equals `expected`, as in `compareAndSet`, and returns whether it did. */
  compareAndDelete(key: K, expected: V): boolean;
  /**
   * Replaces the value of `key` with what `fn` returns for it, and returns that. `fn` gets `undefined` for an absent
   * key, and deletes the key by returning `undefined`. If `fn` throws, nothing is changed. If it writes to `key`
   * itself, its result overwrites that.
   *
   * @throws {TypeError} If `fn` is not a function.
   */
  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined;

  /**
   * Calls `callback` for each entry; `thisArg` is its `this`.
   *
   * @throws {TypeError} If `callback` is not a function, even if the map is empty.
   */
  forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void;
  /** Iterates over `[key, value]`. */
  entries(): MapIterator<[K, V]>;
  /** Iterates over the keys. */
  keys(): MapIterator<K>;
  /** Iterates over the values. */
  values(): MapIterator<V>;
  /** Iterates over `[key, value]`. */
  [Symbol.iterator](): MapIterator<[K, V]>;
  /** The entries as of this moment, unaffected by later writes. They can be iterated any number of times. */
  snapshot(): Iterable<[K, V]>;
}

/**
 * A map that evicts entries, as a cache does: its trait `evicts` is `true`. These methods change nothing, so that the
 * map can be compared with another one while it is in use.
 */
export interface EvictingMap<K, V> extends ConcurrentMap<K, V> {
  /** The value of `key`, or `undefined` if it is absent. Unlike `get`, it does not count the key as used. */
  peek(key: K): V | undefined;
  /**
   * Whether the map ever evicted `key` to make room, even if the key is present again. It is never `false` for an evicted key; it
   * may be `true` for another one, since the map remembers in bounded memory.
   */
  evicted(key: K): boolean;
}

/**
 * A map whose entries expire: its trait `expires` is `map` or `entry`. The methods `expiresAt` and `expired` change nothing, so
 * that the map can be compared with another one while it is in use.
 */
export interface ExpiringMap<K, V> extends ConcurrentMap<K, V> {
  /**
   * When the entry of `key` expires, in milliseconds since 1970: `Infinity` if it never does, `undefined` if the key is absent.
   */
  expiresAt(key: K): number | undefined;
  /**
   * Whether the entry of `key` ever expired, even if the key is present again. It is never `false` for one that did; it may be
   * `true` for another one, since the map remembers in bounded memory.
   */
  expired(key: K): boolean;
  /**
   * Sets the value of `key` and returns the map. The entry expires after `ttlMs` milliseconds: by default, after the time of
   * the map. Every other write to a present key, such as `getAndSet`, `compareAndSet` and `update`, keeps the time at which it
   * expires.
   */
  set(key: K, value: V, options?: { readonly ttlMs?: number | undefined }): this;
}
