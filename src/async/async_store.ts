import { sameValueZero } from "../keys/same_value_zero.ts";
import type { Awaitable, CallOptions, ExpiringSetOptions } from "../async_concurrent_map.ts";
import { refusePromisedValue } from "../promised_value.ts";
import type { WriteOutcome } from "../store_error.ts";

/** An entry as a store read it. */
export interface StoredEntry<V> {
  /** The value. */
  readonly value: V;
  /** Tells this state of the key from any other: a version, or the bytes that were read. Only the store looks at it. */
  readonly version?: unknown;
  /**
   * When the entry expires, in milliseconds since 1970: `Infinity` if it never does. A store without expiry leaves it
   * out.
   */
  readonly expiresAt?: number | undefined;
}

/** How a store is to set a key. */
export interface StoreSetOptions extends ExpiringSetOptions {
  /** When the entry expires, in milliseconds since 1970, if it was there before and keeps its time. `ttlMs` is what is left of it. */
  readonly expiresAt?: number | undefined;
}

/** What is known of a command that failed. */
export interface StoreFailure {
  /** What is known of a write. For a read it does not matter. */
  readonly outcome: WriteOutcome;
  /** Whether the same command may succeed if it is tried again. */
  readonly retryable: boolean;
  /**
   * Why it failed, as a part of a sentence, such as "the server is out of memory". It must hold no key and no value.
   */
  readonly reason: string;
}

/**
 * What an `AbstractAsyncMap` needs of a store: to read, set and delete one key, each in one step, and to walk over the
 * entries.
 *
 * The methods return promises, or answer at once. A method that writes must send the write before it returns, and never
 * twice. Its promise must settle once it is known what became of the write, and may do so after the map has given up.
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 * @typeParam Encoded What the store keeps of a value: what `encode` returns.
 */
export interface AsyncStore<K, V, Encoded = V> {
  /** The entry of a key, or `undefined` if it is absent or has expired. */
  get(key: K, options: CallOptions): Awaitable<StoredEntry<V> | undefined>;
  /** Sets a key. The entry expires after `ttlMs`; without it, after the time of the map, if it has one. */
  set(key: K, value: Encoded, options: StoreSetOptions): Awaitable<unknown>;
  /** Removes a key and resolves to whether it was present. */
  delete(key: K, options: CallOptions): Awaitable<boolean>;
  /**
   * Sets a key to `next.value`, or removes it if there is no `next`, if the key is still as it was `seen`: the same
   * version, or still absent. Resolves to whether it did. A present entry keeps the time at which it expires; a new one
   * gets the time of the map.
   *
   * A store without this method gives a map whose trait `atomic` is `process`.
   */
  compareAndSet?(
    key: K,
    seen: StoredEntry<V> | undefined,
    next: { readonly value: Encoded } | undefined,
    options: CallOptions,
  ): Awaitable<boolean>;
  /** The entries. Each one that is present throughout comes once. */
  entries(options: CallOptions): AsyncIterable<[K, V]>;

  /** The keys alone, as `entries` would give them. By default, those of the entries. */
  keys?(options: CallOptions): AsyncIterable<K>;

  /** The entries of these keys, in one go: an array as long as `keys`. By default, one key is read after the other. */
  getMany?(keys: readonly K[], options: CallOptions): Awaitable<readonly (StoredEntry<V> | undefined)[]>;
  /**
   * Sets these entries, whose keys differ, in one go. If it rejects with an error of the outcome `not applied`, none of them is set. By
   * default, one is set after the other.
   */
  setMany?(entries: readonly (readonly [K, Encoded])[], options: ExpiringSetOptions): Awaitable<unknown>;
  /** Removes these keys, which differ, in one go, or none of them, as `setMany`. By default, one is removed after the other. */
  deleteMany?(keys: readonly K[], options: CallOptions): Awaitable<unknown>;
  /**
   * Which part of what `setMany` takes in one go an entry is, from 0 to 1; without a value, which part of what `deleteMany` takes a key is.
   * By default, both are given up to 1,024 at once, however long these are.
   */
  shareOf?(key: K, value?: Encoded): number;

  /**
   * A primitive that stands for the key, equal for equal keys only. It is called before anything else, and what it
   * throws reaches the caller: a `TypeError` for a key that the store does not take, a `RangeError` for one that is too
   * long. By default, the key itself.
   *
   * Keys that are bytes count by their content then, and are copied when the map is called: they may be changed
   * afterwards.
   */
  identify?(key: K): unknown;
  /**
   * What the store keeps of a value. It is called before the method of the map returns, so that the value may be
   * changed afterwards, and what it throws reaches the caller: a `TypeError` for a value that the store does not take,
   * a `RangeError` for one that is too long. By default, the value itself.
   */
  encode?(value: V): Encoded;
  /** Whether two values are equal, for `compareAndSet` and `compareAndDelete`. By default, by SameValueZero. */
  equals?(a: V, b: V): boolean;
  /**
   * What is known of a command that rejected with `error`; `undefined` for an error that reaches the caller as it is,
   * such as that of a value that cannot be decoded. By default, the outcome of every failed write is unknown. A
   * `StoreError` is never asked about.
   */
  failureOf?(error: unknown): StoreFailure | undefined;
}

/** The keys of all entries. */
export async function* keysOf<K, V, Encoded>(
  store: AsyncStore<K, V, Encoded>,
  options: CallOptions,
): AsyncGenerator<K, undefined> {
  if (store.keys !== undefined) yield* store.keys(options);
  else for await (const [key] of store.entries(options)) yield key;
}

/** A primitive that stands for a key, equal for equal keys only. */
export function identityOf<K>(store: Pick<AsyncStore<K, unknown>, "identify">, key: K): unknown {
  return store.identify === undefined ? key : store.identify(key);
}

/** A key that its caller cannot change any more. */
export function ownKey<K, V, Encoded>(store: AsyncStore<K, V, Encoded>, key: K): K {
  return store.identify !== undefined && key instanceof Uint8Array ? new Uint8Array(key) as K & Uint8Array : key;
}

/**
 * What a store keeps of a value.
 *
 * @throws {TypeError} If the value is a promise.
 * @throws What the store throws for a value that it does not take.
 */
export function encodedFor<K, V, Encoded>(store: AsyncStore<K, V, Encoded>, value: V): Encoded {
  refusePromisedValue(value);
  return store.encode === undefined ? value as unknown as Encoded : store.encode(value);
}

/**
 * Whether an entry has a value that is equal to `expected`.
 *
 * @throws {TypeError} If that is a promise.
 */
export function holds<K, V, Encoded>(
  store: AsyncStore<K, V, Encoded>,
  seen: StoredEntry<V> | undefined,
  expected: V,
): boolean {
  refusePromisedValue(expected);
  if (seen === undefined) return false;
  return store.equals === undefined ? sameValueZero(seen.value, expected) : store.equals(seen.value, expected);
}
