/**
 * The interface of every map that answers with promises: those over a store outside of the process, and lifted ones.
 *
 * @module
 */

import type { Traits } from "./concurrent_map.ts";

/** An answer, or the promise of one. */
export type Awaitable<T> = T | PromiseLike<T>;

/** Options for one call. */
export interface CallOptions {
  /**
   * Ends the wait of this call. If it is aborted, the call rejects with a {@link StoreError} whose `cause` is the
   * signal's reason: with the outcome `not applied` if nothing was sent to the store yet, else, for a write, `unknown`.
   */
  readonly signal?: AbortSignal | undefined;
}

/** Options for one call that sets a value in an {@link AsyncExpiringMap}. */
export interface ExpiringSetOptions extends CallOptions {
  /**
   * How long the entry lives, in milliseconds, above 0; `Infinity`: it never expires.
   * @default {the time of the map}
   */
  readonly ttlMs?: number | undefined;
}

/**
 * A {@link ConcurrentMap} whose methods return promises: same names, same results.
 *
 * - Each method on one key is one atomic step, to those whom the trait `atomic` names. What spans several keys
 *   (`getMany`, `setMany`, `clear`, `size`, iteration) need not be one step, unless the map says so.
 * - Keys are compared by SameValueZero, and bytes (`Uint8Array`) by their content where the trait `keys` names them.
 *   Keys and entries must not be changed while a call is under way; a value that the map copies may be changed as soon
 *   as the method returned its promise.
 * - A value is never a promise, since `get` cannot resolve to one. A method that is given a promise for a value rejects with a
 *   `TypeError`: the caller forgot to await it.
 * - No method throws: each rejects. An argument that is wrong, or that the map cannot keep, gives a `TypeError` or a
 *   `RangeError`; a store that fails, or does not answer in time, a {@link StoreError}.
 * - Calls that were not awaited may take effect in any order.
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export interface AsyncConcurrentMap<K, V> extends AsyncIterable<[K, V]> {
  /** What the map guarantees beyond its type. */
  readonly traits: Traits;
  /** The name of the class, as in `Object.prototype.toString`. */
  readonly [Symbol.toStringTag]: string;

  /** The number of entries. What it costs, up to a walk over the whole store, is said by each map. */
  size(options?: CallOptions): Promise<number>;

  /** The value of `key`, or `undefined` if it is absent. */
  get(key: K, options?: CallOptions): Promise<V | undefined>;
  /**
   * The present entries of these keys, in the order of the keys, each under the key as it was given: an absent key has
   * none. Each key is read on its own, so that the entries may never have been present together.
   */
  getMany(keys: Iterable<K>, options?: CallOptions): Promise<Map<K, V>>;
  /** Whether `key` is present, even if its value is `undefined`. */
  has(key: K, options?: CallOptions): Promise<boolean>;
  /** Sets the value of `key` and resolves to the map. */
  set(key: K, value: V, options?: CallOptions): Promise<this>;
  /**
   * Sets each entry, as `set` does; of two with the same key the later one counts. If it rejects, some entries may have
   * been set.
   */
  setMany(entries: Iterable<readonly [K, V]>, options?: CallOptions): Promise<void>;
  /** Removes `key` and resolves to whether it was present. */
  delete(key: K, options?: CallOptions): Promise<boolean>;
  /** Removes every entry that is present throughout. If it rejects, some may have been removed. */
  clear(options?: CallOptions): Promise<void>;

  /** The value of `key`; if it is absent, it is set to `value` first. */
  getOrInsert(key: K, value: V, options?: CallOptions): Promise<V>;
  /**
   * The value of `key`; if it is absent, it is set to what `compute` returns, or resolves to, first. `compute` is
   * called with the key as it will be stored, and once for all callers of this map object that wait for the key: all
   * get the one result. If it throws or rejects, all of them get that error, nothing is stored, and the next caller
   * computes anew. If another value was stored meanwhile, all get that one.
   *
   * A caller's signal ends its own wait alone.
   *
   * @throws {TypeError} If `compute` is not a function, even if the key is present.
   */
  getOrInsertComputed(key: K, compute: (key: K) => Awaitable<V>, options?: CallOptions): Promise<V>;
  /** Removes `key` and resolves to the value that it had, or `undefined`. */
  getAndDelete(key: K, options?: CallOptions): Promise<V | undefined>;
  /** Sets the value of `key` and resolves to the one that it had before, or `undefined`. */
  getAndSet(key: K, value: V, options?: CallOptions): Promise<V | undefined>;
  /**
   * Sets the value of `key` if its present value equals `expected`, and resolves to whether it did. Values are equal by
   * SameValueZero; where the trait `values` is `copy`, by their content. An absent key equals nothing, not even
   * `undefined`.
   */
  compareAndSet(key: K, expected: V, value: V, options?: CallOptions): Promise<boolean>;
  /** Removes `key` if its value equals `expected`, as in `compareAndSet`, and resolves to whether it did. */
  compareAndDelete(key: K, expected: V, options?: CallOptions): Promise<boolean>;
  /**
   * Replaces the value of `key` with what `fn` returns, or resolves to, for it, and resolves to that. `fn` gets
   * `undefined` for an absent key, and deletes the key by returning `undefined`. It is called again, with the new
   * value, whenever another writer changed the key meanwhile. If it throws or rejects, nothing is changed and the
   * caller gets the error.
   *
   * @throws {TypeError} If `fn` is not a function.
   */
  update(
    key: K,
    fn: (current: V | undefined) => Awaitable<V | undefined>,
    options?: CallOptions,
  ): Promise<V | undefined>;

  /**
   * Calls `callback` for each entry, the next one when it has returned, or its promise has resolved; `thisArg` is its
   * `this`.
   *
   * @throws {TypeError} If `callback` is not a function, even if the map is empty.
   */
  forEach(
    callback: (value: V, key: K, map: this) => Awaitable<void>,
    thisArg?: unknown,
    options?: CallOptions,
  ): Promise<void>;
  /** Iterates over `[key, value]`. The trait `iteration` says how it reacts to writes. */
  entries(options?: CallOptions): AsyncIterableIterator<[K, V]>;
  /** Iterates over the keys. */
  keys(options?: CallOptions): AsyncIterableIterator<K>;
  /** Iterates over the values. */
  values(options?: CallOptions): AsyncIterableIterator<V>;
  /** Iterates over `[key, value]`. */
  [Symbol.asyncIterator](): AsyncIterableIterator<[K, V]>;
  /**
   * The entries as of this moment, unaffected by later writes. They can be iterated any number of times.
   *
   * @throws {TypeError} If the trait `snapshot` is `none`.
   */
  snapshot(options?: CallOptions): Promise<AsyncIterable<[K, V]>>;
}

/**
 * An {@link AsyncConcurrentMap} that evicts entries, as a cache does: its trait `evicts` is `true`. These methods
 * change nothing, so that the map can be compared with another one while it is in use.
 */
export interface AsyncEvictingMap<K, V> extends AsyncConcurrentMap<K, V> {
  /** The value of `key`, or `undefined` if it is absent. Unlike `get`, it does not count the key as used. */
  peek(key: K, options?: CallOptions): Promise<V | undefined>;
  /**
   * Whether the map ever evicted `key` to make room, even if the key is present again. It is never `false` for an
   * evicted key; it may be `true` for another one: a map that cannot know says `true`.
   */
  evicted(key: K, options?: CallOptions): Promise<boolean>;
}

/**
 * An {@link AsyncConcurrentMap} whose entries expire: its trait `expires` is `map` or `entry`, and `expiryPrecisionMs`
 * says how exactly. `set`, and whatever inserts an absent key, give the entry a new time: `ttlMs`, by default the time
 * of the map. Every other write to a present key, such as `getAndSet`, `compareAndSet` and `update`, keeps the time at
 * which it expires.
 */
export interface AsyncExpiringMap<K, V> extends AsyncConcurrentMap<K, V> {
  /**
   * When the entry of `key` expires, in milliseconds since 1970: `Infinity` if it never does, `undefined` if the key is
   * absent.
   */
  expiresAt(key: K, options?: CallOptions): Promise<number | undefined>;
  /**
   * Sets the value of `key` and resolves to the map. The entry expires after `ttlMs`, where the trait `expires` is
   * `entry`.
   */
  set(key: K, value: V, options?: ExpiringSetOptions): Promise<this>;
  /** Sets each entry, as `set` does; of two with the same key the later one counts. */
  setMany(entries: Iterable<readonly [K, V]>, options?: ExpiringSetOptions): Promise<void>;
}

/** An {@link AsyncConcurrentMap} that holds what must be given back, such as a file or a connection of its own. */
export interface AsyncClosableMap<K, V> extends AsyncConcurrentMap<K, V>, AsyncDisposable {
  /** Ends the use of the map, when the calls that are under way have ended. Closing it again changes nothing. */
  close(): Promise<void>;
}
