/**
 * A map in a table of a PostgreSQL database.
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
import { type PostgresClient, queryOf } from "./postgres/client.ts";
import { checkPostgresOptions, type PostgresMapOptions } from "./postgres/options.ts";
import { MAX_KEY_BYTES, MAX_VALUE_BYTES, PostgresStore } from "./postgres/store.ts";

export type { AsyncMapOptions } from "../async/store_calls.ts";
export type { AsyncConcurrentMap, AsyncExpiringMap, CallOptions, ExpiringSetOptions } from "../async_concurrent_map.ts";
export type { Clock, ScheduleOptions } from "../clock.ts";
export type { Traits } from "../concurrent_map.ts";
export type * from "../digests/entry_digests.ts";
export { StoreError, type StoreErrorDetails, type WriteOutcome } from "../store_error.ts";
export { type Codec, InvalidValueError } from "./codec.ts";
export type { StoreKey } from "./key_codec.ts";
export type {
  PgClient,
  PostgresClient,
  PostgresParameter,
  PostgresQuery,
  PostgresRow,
  PostgresSql,
} from "./postgres/client.ts";
export type { PostgresMapOptions } from "./postgres/options.ts";
export type { StoreMapOptions } from "./store_map_options.ts";

/**
 * An {@link AsyncExpiringMap} in a table of a PostgreSQL database, which many processes can use at the same time.
 *
 * It works over your own client: that of the package `postgres`, or a `Pool` of `pg`; or a function that sends a statement. A `Client` of
 * `pg` must be connected before the map is used. The client stays yours: end it when no map uses it any more.
 *
 * | method | round trips | time on the server |
 * | --- | --- | --- |
 * | `get`, `has`, `set`, `delete`, `getAndDelete`, `getOrInsert`, `expiresAt` | 1 | O(log n) |
 * | `getAndSet` | 1, or 2 if the key is absent | O(log n) |
 * | `compareAndSet`, `compareAndDelete`, `update`, `getOrInsertComputed` | 2, and 2 more for each write in between | O(log n) |
 * | `getMany`, `setMany` | 1 for 1,024 entries; `setMany` sends about 8 MB at a time | O(keys × log n) |
 * | iteration | 1 for up to 500 entries, or about 1 MB | O(n) |
 * | `size` | 1 | O(n) |
 *
 * - Every method on one key is one step to everyone who uses the table. So is `setMany`, if it takes one round trip.
 * - Keys are strings, safe integers and bytes (`Uint8Array`), compared by their content, of at most 2,048 bytes. Values are copied, by a
 *   codec, and have at most 128 MiB.
 * - Entries have no order. An iteration reads page after page, and may go on while the map is written to.
 * - Entries expire by the server's clock, so that all processes agree. An entry's time begins when it is inserted, or by `set`; all
 *   other writes keep it. What has expired is absent at once, and is removed from the table by later writes of entries that expire.
 * - The table is created by the first call. A user who may not create one can be given it: let another user call the map once.
 *   Where the table exists, nothing but entries is written. A table that was dropped is created anew by the next map that is made.
 * - The client must send parameters and return rows as they are. If its options change them, such as `transform` or `types` of `postgres`,
 *   or type parsers of `pg`, every call rejects with a `StoreError` that names the option, and nothing is written.
 * - Set `statement_timeout` on the client, below `timeoutMs`: a write that takes too long then fails with the outcome `not applied`. The
 *   option `query_timeout` of `pg` does not do that: the server goes on.
 * - Give `postgres` the option `fetch_types: false`: else a connection that breaks just after it was made ends the process.
 *
 * What it is bad at: many writes to one entry, of which the server keeps each version until it cleans up; locks for shorter than a round
 * trip; `size` in a loop.
 *
 * @example
 * ```ts ignore
 * import { PostgresMap } from "@twinmap/twinmap/postgres";
 * import postgres from "postgres";
 *
 * const options = { fetch_types: false, connection: { statement_timeout: 4_000 } };
 * const sql = postgres("postgres://127.0.0.1/app", options);
 * const visits = new PostgresMap<string, number>(sql, { table: "visits" });
 * await visits.update("home", (count = 0) => count + 1);
 * await sql.end({ timeout: 1 });
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class PostgresMap<K extends StoreKey, V> extends AbstractAsyncMap<K, V, Uint8Array>
  implements AsyncExpiringMap<K, V>, DigestedMap<K> {
  readonly #store: PostgresStore<K, V>;

  /**
   * Makes the map. Nothing is sent yet.
   *
   * @param client The client, or a function that sends a statement.
   * @param options See {@link PostgresMapOptions}; `table` is required.
   * @throws {TypeError} If `client` is none, or an option is missing, unknown or of the wrong type.
   * @throws {RangeError} If an option is out of its range.
   */
  constructor(client: PostgresClient, options: PostgresMapOptions<V>) {
    const checked = checkPostgresOptions(options);
    const store = new PostgresStore<K, V>(queryOf(client), checked);
    super(store, { timeoutMs: checked.timeoutMs, clock: checked.clock });
    this.#store = store;
  }

  /**
   * No order, weak iteration, strings, integers and bytes as keys, values by copy, shared by all who use the table, and atomic to them.
   * Each entry expires after its own time.
   */
  override get traits(): Traits {
    return {
      ...super.traits,
      keys: "strings, integers and bytes",
      values: "copy",
      maxKeyBytes: MAX_KEY_BYTES,
      maxValueBytes: MAX_VALUE_BYTES,
      expires: "entry",
    };
  }

  /** Digests of the entries. The server computes those by SHA-256; for SHA-1, which `RedisMap` needs, it sends all entries. */
  get entryDigests(): EntryDigests<K> {
    return stepwise(this.#store.digests, (options, next) => this.send("read", { operation: "diff" }, options, next));
  }

  /**
   * Whether `key` is present, even if its value is `undefined`. The value is not read.
   *
   * @throws {TypeError | RangeError | StoreError} As `get`.
   */
  override async has(key: K, options?: CallOptions): Promise<boolean> {
    return await this.send("read", { operation: "has", key }, options, () => this.#store.has(key));
  }

  /**
   * The number of entries. The server counts them, in O(n).
   *
   * @throws {StoreError} If PostgreSQL fails.
   */
  override async size(options?: CallOptions): Promise<number> {
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
  override async getAndDelete(key: K, options?: CallOptions): Promise<V | undefined> {
    return await this.send("write", { operation: "getAndDelete", key }, options, () => this.#store.getAndDelete(key));
  }

  /**
   * Sets the value of `key` and resolves to the one that it had before. A present entry keeps its time.
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
}
