import { DEFAULT_TRAITS } from "./abstract_map.ts";
import { type AsyncStore, encodedFor, holds, identityOf, keysOf, ownKey } from "./async/async_store.ts";
import { KeyWrites } from "./async/key_writes.ts";
import { ManyKeys } from "./async/many_keys.ts";
import { OneKey, orInsert } from "./async/one_key.ts";
import type { CallSubject } from "./async/store_call.ts";
import { asItIs, type AsyncMapOptions, StoreCalls } from "./async/store_calls.ts";
import { walk } from "./async/walk.ts";
import type { AsyncExpiringMap, Awaitable, CallOptions, ExpiringSetOptions } from "./async_concurrent_map.ts";
import { checkCallback } from "./callback.ts";
import type { Traits } from "./concurrent_map.ts";
import { checkOption, numberAbove } from "./options.ts";

const TRAITS: Traits = { ...DEFAULT_TRAITS, snapshot: "none", maxEntries: Infinity, scope: "store" };

const TTL = numberAbove(0, Infinity);

/**
 * An asynchronous map of your own, over a store that can `get`, `set` and `delete` a key and walk over its `entries`:
 * the rest of {@link AsyncConcurrentMap} follows.
 *
 * - If the store can `compareAndSet`, each method on one key is one step to everyone who uses the store. Else it is one
 *   step to those who use this map object: let each process have one.
 * - Calls that change one key take turns. At most 65,536 may be in the queues; another one rejects.
 * - `clear`, `size` and iteration walk over all entries, O(n).
 * - `compute` and `fn` must not wait for a write to their own key by the same map: it would wait for them.
 *
 * Override what the store does in one step, by `send`, and declare the {@link Traits} that differ: no order, weak
 * iteration, no snapshots, any keys, values by reference, no limits, no eviction, entries that never expire.
 *
 * @example
 * ```ts
 * import { AbstractAsyncMap } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * // A store that answers with promises, such as a database.
 * const rows = new Map<string, number>();
 *
 * class RowMap extends AbstractAsyncMap<string, number> {
 *   constructor() {
 *     super({
 *       get: async (key) => rows.has(key) ? { value: rows.get(key)! } : undefined,
 *       set: async (key, value) => rows.set(key, value),
 *       delete: async (key) => rows.delete(key),
 *       entries: async function* () {
 *         yield* rows;
 *       },
 *     }, { timeoutMs: 1_000 });
 *   }
 * }
 *
 * const visits = new RowMap();
 * await Promise.all(["home", "home", "about"].map((page) => visits.update(page, (count = 0) => count + 1)));
 * assertEquals([await visits.get("home"), await visits.size()], [2, 2]);
 * assertEquals(visits.traits.atomic, "process");
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 * @typeParam Encoded What the store keeps of a value.
 */
export abstract class AbstractAsyncMap<K, V, Encoded = V> implements AsyncExpiringMap<K, V> {
  readonly #store: AsyncStore<K, V, Encoded>;
  readonly #calls: StoreCalls;
  readonly #writes: KeyWrites<K, V, Encoded>;
  readonly #key: OneKey<K, V, Encoded>;
  readonly #many: ManyKeys<K, V, Encoded>;

  /**
   * A map over a store.
   *
   * @param store The store.
   * @param options See {@link AsyncMapOptions}.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {RangeError} If an option is out of its range.
   */
  constructor(store: AsyncStore<K, V, Encoded>, options?: AsyncMapOptions) {
    this.#store = store;
    this.#calls = new StoreCalls(() => this[Symbol.toStringTag], options, store);
    this.#writes = new KeyWrites(store, this.#calls);
    this.#key = new OneKey(store, this.#calls, this.#writes);
    this.#many = new ManyKeys(store, this.#calls, this.#writes);
  }

  /** What the map guarantees beyond its type. */
  get traits(): Traits {
    return { ...TRAITS, atomic: this.#writes.isAtomic ? "store" : "process" };
  }

  /** The name of the class, as in `Object.prototype.toString`. */
  get [Symbol.toStringTag](): string {
    return this.constructor.name;
  }

  /**
   * Sends one command to the store, within the limits of a call: for a method that the store carries out in one step.
   *
   * @param kind What the command does. A write to a key of a map that is atomic to its process waits for its turn.
   * @param subject The method, and its key if it is about a single one.
   * @param command Sends the command.
   * @returns What the command resolves to.
   */
  protected send<T>(
    kind: "read" | "write",
    subject: CallSubject,
    options: CallOptions | undefined,
    command: () => Awaitable<T>,
  ): Promise<T> {
    if (kind === "read" || this.#writes.isAtomic) return this.#calls.once(kind, subject, options, command, asItIs);
    return this.#calls.run(subject, options, (call) => {
      const ids = "key" in subject ? [identityOf(this.#store, subject.key as K)] : [];
      return this.#writes.write(call, ids, () => call.write(command));
    });
  }

  /** The value of `key`, or `undefined` if it is absent. */
  get(key: K, options?: CallOptions): Promise<V | undefined> {
    return this.#key.get(key, options);
  }

  /** Whether `key` is present, even if its value is `undefined`. */
  has(key: K, options?: CallOptions): Promise<boolean> {
    return this.#key.has(key, options);
  }

  /**
   * When the entry of `key` expires, in milliseconds since 1970: `Infinity` if never, `undefined` if the key is absent.
   */
  expiresAt(key: K, options?: CallOptions): Promise<number | undefined> {
    return this.#key.expiresAt(key, options);
  }

  /** The present entries of these keys, in the order of the keys, each under the key as it was given. */
  async getMany(keys: Iterable<K>, options: CallOptions = {}): Promise<Map<K, V>> {
    return await this.#many.get(keys, options);
  }

  /**
   * Sets the value of `key` and resolves to the map.
   *
   * @throws {TypeError} If `ttlMs` is given and the trait `expires` is not `entry`.
   * @throws {RangeError} If `ttlMs` is not above 0.
   */
  async set(key: K, value: V, options: ExpiringSetOptions = {}): Promise<this> {
    const encoded = encodedFor(this.#store, value);
    this.#checkTtl("set", options);
    const own = ownKey(this.#store, key);
    await this.send("write", { operation: "set", key: own }, options, () => this.#store.set(own, encoded, options));
    return this;
  }

  /** Sets each entry, as `set` does; of two with the same key the later one counts. */
  async setMany(entries: Iterable<readonly [K, V]>, options: ExpiringSetOptions = {}): Promise<void> {
    this.#checkTtl("setMany", options);
    await this.#many.set(entries, options);
  }

  /** Removes `key` and resolves to whether it was present. */
  async delete(key: K, options: CallOptions = {}): Promise<boolean> {
    const own = ownKey(this.#store, key);
    return await this.send("write", { operation: "delete", key: own }, options, () => this.#store.delete(own, options));
  }

  /** Removes every entry: O(n). */
  async clear(options: CallOptions = {}): Promise<void> {
    await this.#many.clear(options);
  }

  /** The number of entries. They are counted, in O(n). */
  async size(options: CallOptions = {}): Promise<number> {
    return await this.#many.count(options);
  }

  /** The value of `key`; if it is absent, it is set to `value` first. */
  async getOrInsert(key: K, value: V, options?: CallOptions): Promise<V> {
    const decide = orInsert(value, encodedFor(this.#store, value));
    return await this.#key.change("getOrInsert", key, options, decide);
  }

  /**
   * The value of `key`; if it is absent, it is first set to what `compute` resolves to, once for all who wait for it.
   *
   * @throws {TypeError} If `compute` is not a function.
   */
  async getOrInsertComputed(
    key: K,
    compute: (key: K) => Awaitable<V>,
    options?: CallOptions,
  ): Promise<V> {
    checkCallback("getOrInsertComputed", compute);
    return await this.#key.getOrCompute("getOrInsertComputed", key, options, compute);
  }

  /** Removes `key` and resolves to the value that it had. */
  async getAndDelete(key: K, options?: CallOptions): Promise<V | undefined> {
    return await this.#key.change("getAndDelete", key, options, (seen) => ({ answer: seen?.value, next: undefined }));
  }

  /** Sets the value of `key` and resolves to the one that it had before. */
  async getAndSet(key: K, value: V, options?: CallOptions): Promise<V | undefined> {
    const next = { value: encodedFor(this.#store, value) };
    return await this.#key.change("getAndSet", key, options, (seen) => ({ answer: seen?.value, next }));
  }

  /** Sets the value of `key` if it is `expected`, and resolves to whether it was. */
  async compareAndSet(key: K, expected: V, value: V, options?: CallOptions): Promise<boolean> {
    const next = { value: encodedFor(this.#store, value) };
    return await this.#key.change(
      "compareAndSet",
      key,
      options,
      (seen) => holds(this.#store, seen, expected) ? { answer: true, next } : { answer: false },
    );
  }

  /** Removes `key` if its value is `expected`, and resolves to whether it was. */
  async compareAndDelete(key: K, expected: V, options?: CallOptions): Promise<boolean> {
    return await this.#key.change(
      "compareAndDelete",
      key,
      options,
      (seen) => holds(this.#store, seen, expected) ? { answer: true, next: undefined } : { answer: false },
    );
  }

  /**
   * Replaces the value of `key` with what `fn` resolves to for it; `undefined` deletes the key. If `fn` rejects,
   * nothing is changed.
   *
   * @throws {TypeError} If `fn` is not a function.
   */
  async update(
    key: K,
    fn: (current: V | undefined) => Awaitable<V | undefined>,
    options?: CallOptions,
  ): Promise<V | undefined> {
    checkCallback("update", fn);
    return await this.#key.change("update", key, options, async (seen, call) => {
      const answer = await call.wait(() => fn(seen?.value));
      return { answer, next: answer === undefined ? undefined : { value: encodedFor(this.#store, answer) } };
    });
  }

  /**
   * Calls `callback` for each entry, the next one when its promise has resolved; `thisArg` is its `this`.
   *
   * @throws {TypeError} If `callback` is not a function.
   */
  async forEach(
    callback: (value: V, key: K, map: this) => Awaitable<void>,
    thisArg?: unknown,
    options?: CallOptions,
  ): Promise<void> {
    checkCallback("forEach", callback);
    for await (const [key, value] of this.entries(options)) await callback.call(thisArg, value, key, this);
  }

  /** Iterates over `[key, value]`. */
  entries(options: CallOptions = {}): AsyncGenerator<[K, V], undefined> {
    return this.#walk("entries", this.#store.entries(options), options);
  }

  /** Iterates over the keys. */
  keys(options: CallOptions = {}): AsyncGenerator<K, undefined> {
    return this.#walk("keys", keysOf(this.#store, options), options);
  }

  /** Iterates over the values. */
  async *values(options?: CallOptions): AsyncGenerator<V, undefined> {
    for await (const [, value] of this.entries(options)) yield value;
  }

  /** Iterates over `[key, value]`. */
  [Symbol.asyncIterator](): AsyncIterableIterator<[K, V]> {
    return this.entries();
  }

  /**
   * The entries as of this moment, for a map that overrides it and declares so in its trait `snapshot`.
   *
   * @throws {TypeError} Always, here.
   */
  snapshot(_options?: CallOptions): Promise<AsyncIterable<[K, V]>> {
    return Promise.reject(new TypeError(`Cannot take a snapshot of ${this[Symbol.toStringTag]}: its store has none`));
  }

  #walk<T>(operation: string, items: AsyncIterable<T>, options: CallOptions): AsyncGenerator<T, undefined> {
    return walk(items, (begin) => this.#calls.once("read", { operation }, options, begin, asItIs));
  }

  #checkTtl(operation: string, { ttlMs }: ExpiringSetOptions): void {
    if (ttlMs === undefined) return;
    const action = `call ${operation}() of ${this[Symbol.toStringTag]}`;
    if (this.traits.expires !== "entry") {
      throw new TypeError(`Cannot ${action}: ttlMs must be absent: the trait expires is ${this.traits.expires}`);
    }
    checkOption(action, "ttlMs", ttlMs, TTL);
  }
}
