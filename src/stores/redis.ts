/**
 * A map in Redis or Valkey.
 *
 * @module
 */

import { AbstractAsyncMap } from "../abstract_async_map.ts";
import { encodedFor } from "../async/async_store.ts";
import type { AsyncExpiringMap, CallOptions } from "../async_concurrent_map.ts";
import type { Traits } from "../concurrent_map.ts";
import type { DigestedMap, EntryDigests } from "../digests/entry_digests.ts";
import { stepwise } from "../digests/stepwise.ts";
import type { StoreKey } from "./key_codec.ts";
import type { Argument, RedisClient } from "./redis/client.ts";
import { connectionOf } from "./redis/connection.ts";
import { HashFields } from "./redis/hash_fields.ts";
import { checkRedisOptions, type RedisMapOptions } from "./redis/options.ts";
import { PrefixedKeys } from "./redis/prefixed_keys.ts";
import { MAX_BYTES, RedisStore } from "./redis/store.ts";

export type { AsyncMapOptions } from "../async/store_calls.ts";
export type {
  AsyncConcurrentMap,
  AsyncExpiringMap,
  Awaitable,
  CallOptions,
  ExpiringSetOptions,
} from "../async_concurrent_map.ts";
export type { Clock, ScheduleOptions } from "../clock.ts";
export type { Traits } from "../concurrent_map.ts";
export type * from "../digests/entry_digests.ts";
export { StoreError, type StoreErrorDetails, type WriteOutcome } from "../store_error.ts";
export { type Codec, InvalidValueError } from "./codec.ts";
export type { StoreKey } from "./key_codec.ts";
export type {
  Argument,
  IoredisClient,
  IoredisCluster,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisCommandOptions,
  RedisClient,
} from "./redis/client.ts";
export type { RedisMapOptions } from "./redis/options.ts";
export type { StoreMapOptions } from "./store_map_options.ts";

/**
 * An {@link AsyncConcurrentMap} in Redis 7.0 or later, or Valkey, alone or as a cluster, which all who use the server share.
 *
 * It works over your own client, which stays yours: connect it first, and close it last. These are safe, since they never send a write
 * twice; others are refused:
 *
 * | package | one server | cluster |
 * | --- | --- | --- |
 * | `redis` | `createClient()`, `createClientPool()` | `createCluster()` |
 * | `ioredis`, `iovalkey` | `new Redis({ maxRetriesPerRequest: 0 })` | `new Cluster(nodes, { retryDelayOnFailover: 0, redisOptions: { maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false } })` |
 *
 * The entries are under Redis keys of their own (`prefix`), which a cluster spreads over its servers, or in one hash (`hash`), on one
 * server.
 *
 * | method | with `prefix` | with `hash` |
 * | --- | --- | --- |
 * | operations on one key | O(length) | O(length) |
 * | `size` | O(keys of the database): a walk over all of them | O(1) |
 * | iteration, `clear` | O(keys of the database) | O(n) |
 *
 * - Each method on one key is one step to everyone: one command, a script, or, for `update`, `compareAndSet` and `compareAndDelete`, which
 *   compare by content, a read and then a write that the server carries out only if the value is still the one that was read.
 * - Keys are strings, safe integers and bytes. A string key `ann` is the Redis key, or field, `<prefix>sann`. Values are copied, by a codec.
 * - With `prefix`, each entry expires after its own time: that of the map, or of `set(key, value, { ttlMs })`, by the clock of this
 *   process. With `hash`, none does.
 * - Commands that are issued together travel together. `getMany` and `setMany` send up to 1,024 at a time, or about
 *   8 MB. With `hash`, what they send is set in one step; with `prefix`, it is not.
 * - An iteration goes on by SCAN and MGET, some 100 keys or 64 KiB at a time, and never blocks the server. If a server was restarted or replaced, or slots of
 *   a cluster were moved meanwhile, it rejects at its end with a `StoreError` that is retryable, since keys may have been left out. It
 *   needs the permission for `INFO` and `MGET`, and in a cluster for `CLUSTER`.
 * - A server that evicts keys (`maxmemory-policy`) removes entries of the map, too.
 *
 * What it is bad at: walking over a small map in a large database; large values, which travel as a whole each time; a hot key that many
 * processes `update`, since they make each other try again.
 *
 * @example
 * ```ts ignore
 * import { RedisMap } from "@twinmap/twinmap/redis";
 * import { createClient } from "redis";
 *
 * const client = await createClient({ url: "redis://localhost" }).connect();
 * const visits = new RedisMap<string, number>(client, { prefix: "visits:", ttlMs: 86_400_000 });
 * await visits.update("home", (count = 0) => count + 1);
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class RedisMap<K extends StoreKey, V> extends AbstractAsyncMap<K, V, Argument>
  implements AsyncExpiringMap<K, V>, DigestedMap<K> {
  readonly #store: RedisStore<K, V>;
  readonly #traits: Partial<Traits>;

  /**
   * A map over a client. Nothing is sent yet.
   *
   * @param client The client, whose connection is, or will be, open.
   * @param options See {@link RedisMapOptions}; `prefix` or `hash` is required.
   * @throws {TypeError} If the client is of another kind, or would send a write twice, read from replicas, prefix keys itself, or answer with
   * text for numbers; if an option is missing, unknown or of the wrong type.
   * @throws {RangeError} If an option is out of its range.
   */
  constructor(client: RedisClient, options: RedisMapOptions<V>) {
    const checked = checkRedisOptions(options);
    const { prefix, hash, timeoutMs, clock, distinctKeys } = checked;
    const connection = connectionOf(client, timeoutMs);
    const entries = hash === undefined ? new PrefixedKeys(connection, prefix!) : new HashFields(connection, hash);
    const store = new RedisStore<K, V>(entries, checked);
    super(store, { timeoutMs, clock });
    this.#store = store;
    this.#traits = {
      ...TRAITS,
      ...hash === undefined ? EXPIRING : {},
      maxKeyBytes: store.maxKeyBytes,
      maxVisitedOnce: distinctKeys,
    };
  }

  /**
   * No order, weak iteration that visits each key once up to `distinctKeys`, no snapshots, strings, integers and bytes as keys, values by
   * copy, keys and values of up to 512 MiB, shared by all who use the server. With `prefix`, each entry expires after its own time,
   * rounded up to a millisecond; with `hash`, none does.
   */
  override get traits(): Traits {
    return { ...super.traits, ...this.#traits };
  }

  /**
   * Digests of the entries, which the server computes in steps of about a millisecond. Values above 512 KiB have none that equals another.
   */
  get entryDigests(): EntryDigests<K> {
    return stepwise(this.#store.digests, (options, next) => this.send("read", { operation: "diff" }, options, next));
  }

  /**
   * Whether `key` is present, even if its value is `undefined`. The value is not read.
   *
   * @throws {TypeError | RangeError | StoreError} As `get`.
   */
  override has(key: K, options?: CallOptions): Promise<boolean> {
    return this.send("read", { operation: "has", key }, options, () => this.#store.has(key));
  }

  /**
   * When the entry of `key` expires, in milliseconds since 1970: `Infinity` if never, `undefined` if the key is absent.
   *
   * @throws {TypeError | RangeError | StoreError} As `get`.
   */
  override expiresAt(key: K, options?: CallOptions): Promise<number | undefined> {
    return this.send("read", { operation: "expiresAt", key }, options, () => this.#store.expiresAt(key));
  }

  /**
   * The number of entries. With `prefix`, they are counted by a walk over all keys of the database; with `hash`, O(1).
   *
   * @throws {StoreError} If Redis fails.
   */
  override async size(options?: CallOptions): Promise<number> {
    if (!this.#store.hasCount) return await super.size(options);
    return await this.send("read", { operation: "size" }, options, () => this.#store.count());
  }

  /**
   * The value of `key`; if it is absent, it is set to `value` first.
   *
   * @throws {TypeError | RangeError | InvalidValueError | StoreError} As `get` and `set`.
   */
  override async getOrInsert(key: K, value: V, options?: CallOptions): Promise<V> {
    const encoded = encodedFor(this.#store, value);
    return await this.send(
      "write",
      { operation: "getOrInsert", key },
      options,
      () => this.#store.getOrInsert(key, value, encoded),
    );
  }

  /**
   * Removes `key` and resolves to the value that it had.
   *
   * @throws {TypeError | RangeError | StoreError} As `get`.
   * @throws {InvalidValueError} If the codec cannot decode the value. It has been removed.
   */
  override getAndDelete(key: K, options?: CallOptions): Promise<V | undefined> {
    return this.send("write", { operation: "getAndDelete", key }, options, () => this.#store.getAndDelete(key));
  }

  /**
   * Sets the value of `key` and resolves to the one that it had before. The entry keeps its time to live.
   *
   * @throws {TypeError | RangeError | StoreError} As `get` and `set`.
   * @throws {InvalidValueError} If the codec cannot decode the value. It has been replaced.
   */
  override async getAndSet(key: K, value: V, options?: CallOptions): Promise<V | undefined> {
    const encoded = encodedFor(this.#store, value);
    return await this.send(
      "write",
      { operation: "getAndSet", key },
      options,
      () => this.#store.getAndSet(key, encoded),
    );
  }

  /**
   * Iterates over `[key, value]`.
   *
   * @throws {InvalidValueError} While it iterates, if the codec cannot decode a value.
   * @throws {StoreError} While it iterates, if Redis fails; at its end, if keys may have been left out.
   */
  override entries(options?: CallOptions): AsyncGenerator<[K, V], undefined> {
    return this.#walk("entries", this.#store.entryPages(), options);
  }

  /**
   * Iterates over the keys. No value is read.
   *
   * @throws {InvalidValueError | StoreError} As `entries`.
   */
  override keys(options?: CallOptions): AsyncGenerator<K, undefined> {
    return this.#walk("keys", this.#store.keyPages(), options);
  }

  /** Each page has the time limit for itself. */
  async *#walk<T>(
    operation: string,
    pages: AsyncIterator<readonly T[], undefined>,
    options: CallOptions | undefined,
  ): AsyncGenerator<T, undefined> {
    for (;;) {
      const { value: page } = await this.send("read", { operation }, options, () => pages.next());
      if (page === undefined) return;
      for (const item of page) yield item;
    }
  }
}

const TRAITS: Partial<Traits> = {
  keys: "strings, integers and bytes",
  values: "copy",
  maxValueBytes: MAX_BYTES,
};

const EXPIRING: Partial<Traits> = { expires: "entry", expiryPrecisionMs: 1 };
