/**
 * A map in a table of a SQLite database.
 *
 * @module
 */

import { AbstractMap } from "../abstract_map.ts";
import { checkCallback } from "../callback.ts";
import type { ExpiringMap, Traits } from "../concurrent_map.ts";
import type { DigestedMap, EntryDigests } from "../digests/entry_digests.ts";
import { storedKey } from "../keys/same_value_zero.ts";
import { checkOption, withMethods } from "../options.ts";
import type { StoreKey } from "./key_codec.ts";
import type { SqliteDatabase } from "./sqlite/database.ts";
import { Entries, NOTHING } from "./sqlite/entries.ts";
import { checkSqliteOptions, type SqliteMapOptions } from "./sqlite/options.ts";
import { EXPIRING_TRAITS, TRAITS } from "./sqlite/traits.ts";

export type { ConcurrentMap, ExpiringMap, Traits } from "../concurrent_map.ts";
export type * from "../digests/entry_digests.ts";
export { StoreError } from "../store_error.ts";
export { type Codec, InvalidValueError } from "./codec.ts";
export type { StoreKey } from "./key_codec.ts";
export type { SqliteDatabase, SqliteStatement, SqliteValue } from "./sqlite/database.ts";
export type { SqliteMapOptions } from "./sqlite/options.ts";

/**
 * A {@link ConcurrentMap} in a table of a SQLite database, which several processes can use at the same time: the synchronous map that
 * outlives the process.
 *
 * It works over an open handle: a `DatabaseSync` of `node:sqlite`, which Deno, Bun and Node have, or one like it. The handle stays
 * yours: close it when no map uses it any more.
 *
 * | method | time |
 * | --- | --- |
 * | operations on one key | O(log n), and O(length) of key and value |
 * | `size`, `snapshot`, iteration, `clear` | O(n) |
 *
 * - Every method on one key, and `clear`, is one step to everyone who uses the database. `compareAndSet` and `compareAndDelete`
 *   compare values by their content, whatever the order of properties.
 * - Keys are strings, safe integers and bytes (`Uint8Array`), compared by their content. Values are copied, by a codec.
 * - Entries have no order. An iteration reads 500 keys at a time, and a value when it comes to its key: it may go on while the map is
 *   written to. `snapshot` reads all entries at once.
 * - `update` and `getOrInsertComputed` call their function within a transaction: it may use this map and others over the same handle.
 *   What it writes is kept even if it throws. Other connections wait meanwhile.
 * - The file is in WAL mode: readers wait for nobody. A write waits for another connection's, and blocks the event loop, up to
 *   `busyTimeoutMs`; after that it throws a {@link StoreError} that is `retryable`.
 * - An entry's time begins when it is inserted, or by `set`; all other writes keep it. What has expired is absent at once, and is
 *   removed from the file by later writes of entries that expire.
 * - If the process dies, all that was written stays. If the machine does, that depends on the handle: with `PRAGMA synchronous = NORMAL`,
 *   which is several times as fast, the last writes may be lost.
 *
 * What it is bad at: much writing by many processes, since one writes at a time; large values, which are encoded and decoded each
 * time; `size` in a loop.
 *
 * @example
 * ```ts
 * import { SqliteMap } from "@twinmap/twinmap/sqlite";
 * import { assertEquals } from "@std/assert";
 * import { DatabaseSync } from "node:sqlite";
 *
 * const database = new DatabaseSync(":memory:");
 * const visits = new SqliteMap<string, number>(database, { table: "visits" });
 * visits.set("home", 1);
 * assertEquals(visits.update("home", (count = 0) => count + 1), 2);
 * database.close();
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class SqliteMap<K extends StoreKey, V> extends AbstractMap<K, V> implements ExpiringMap<K, V>, DigestedMap<K> {
  readonly #entries: Entries<K, V>;

  /**
   * Opens the map, and creates its table if there is none.
   *
   * @param database The open handle.
   * @param options See {@link SqliteMapOptions}; `table` is required.
   * @throws {TypeError} If `database` has no method `prepare`, or an option is missing, unknown or of the wrong type.
   * @throws {RangeError} If an option is out of its range.
   * @throws {StoreError} If the file is no database, is locked or read-only, or its table is not that of a map, or later. Nothing is written.
   */
  constructor(database: SqliteDatabase, options: SqliteMapOptions<V>) {
    super();
    checkOption("create SqliteMap", "database", database, withMethods("prepare"));
    this.#entries = new Entries(database, checkSqliteOptions(options));
  }

  /** Digests of the entries, computed in this process. */
  get entryDigests(): EntryDigests<K> {
    return this.#entries.digests;
  }

  /**
   * No order, weak iteration, strings, integers and bytes as keys, values by copy, up to 10^9 bytes an entry, shared by all who use the
   * database. With `ttlMs`, each entry expires after its own time.
   */
  override get traits(): Traits {
    return this.#entries.expire ? EXPIRING_TRAITS : TRAITS;
  }

  /**
   * The number of entries. They are counted, in O(n).
   *
   * @throws {StoreError} If SQLite fails.
   */
  override get size(): number {
    return this.#entries.count();
  }

  /**
   * The value of `key`, or `undefined` if it is absent.
   *
   * @throws {TypeError} If `key` is neither a string, nor a safe integer, nor a `Uint8Array`.
   * @throws {InvalidValueError} If the codec cannot decode the value.
   * @throws {StoreError} If SQLite fails.
   */
  get(key: K): V | undefined {
    const value = this.#entries.find("get", key);
    return value === NOTHING ? undefined : value;
  }

  /**
   * Whether `key` is present, even if its value is `undefined`.
   *
   * @throws {TypeError | StoreError} As `get`.
   */
  has(key: K): boolean {
    return this.#entries.expiresAt("has", key) !== undefined;
  }

  /**
   * When the entry of `key` expires, in milliseconds since 1970: `Infinity` if it never does, `undefined` if the key is absent.
   *
   * @throws {TypeError | StoreError} As `get`.
   */
  expiresAt(key: K): number | undefined {
    return this.#entries.expiresAt("expiresAt", key);
  }

  /** Whether the entry of `key` may ever have expired: the table does not remember it, so any may have, if the map has a `ttlMs`. */
  expired(_key: K): boolean {
    return this.#entries.expire;
  }

  /**
   * Sets the value of `key` and returns the map.
   *
   * @param options `ttlMs` is the time to live of this entry in milliseconds, above 0, in place of the map's; `Infinity` for none.
   * @throws {TypeError} If the codec does not take `value`, an option is unknown, or `ttlMs` is given to a map without one, or as `get`.
   * @throws {RangeError} If key and value are longer than SQLite takes, or `ttlMs` is not above 0.
   * @throws {StoreError} If SQLite fails. Nothing is written then; so with all methods.
   */
  set(key: K, value: V, options?: { readonly ttlMs?: number | undefined }): this {
    this.#entries.set(key, value, options);
    return this;
  }

  /**
   * Removes `key` and returns whether it was present.
   *
   * @throws {TypeError | StoreError} As `get`.
   */
  delete(key: K): boolean {
    return this.#entries.delete(key);
  }

  /**
   * Removes every entry, in one step.
   *
   * @throws {StoreError} If SQLite fails.
   */
  override clear(): void {
    this.#entries.clear();
  }

  /**
   * The value of `key`; if it is absent, it is set to `value` first.
   *
   * @throws {TypeError | RangeError | InvalidValueError | StoreError} As `get` and `set`.
   */
  override getOrInsert(key: K, value: V): V {
    const encoded = this.#entries.encode(value);
    // Another connection may remove the entry between the two statements.
    while (true) {
      const found = this.#entries.find("getOrInsert", key);
      if (found !== NOTHING) return found;
      if (this.#entries.insert("getOrInsert", key, encoded)) return value;
    }
  }

  /**
   * The value of `key`; if it is absent, it is set to what `compute` returns first. If `compute` throws, `key` stays absent.
   *
   * @throws {TypeError} If `compute` is not a function.
   * @throws {TypeError | RangeError | InvalidValueError | StoreError} As `get` and `set`.
   */
  override getOrInsertComputed(key: K, compute: (key: K) => V): V {
    checkCallback("getOrInsertComputed", compute);
    const found = this.#entries.find("getOrInsertComputed", key);
    if (found !== NOTHING) return found;
    return this.#entries.decide("getOrInsertComputed", key, (current) => {
      if (current !== NOTHING) return { result: current };
      const value = compute(storedKey(key));
      return { result: value, next: this.#entries.encode(value) };
    });
  }

  /**
   * Removes `key` and returns the value that it had.
   *
   * @throws {TypeError | InvalidValueError | StoreError} As `get`; the entry stays as it was.
   */
  override getAndDelete(key: K): V | undefined {
    return this.#entries.decide("getAndDelete", key, (current) => {
      return current === NOTHING ? { result: undefined } : { result: current, next: NOTHING };
    });
  }

  /**
   * Sets the value of `key` and returns the one that it had before. The entry keeps its time to live.
   *
   * @throws {TypeError | RangeError | InvalidValueError | StoreError} As `get` and `set`; the entry stays as it was.
   */
  override getAndSet(key: K, value: V): V | undefined {
    const next = this.#entries.encode(value);
    return this.#entries.decide("getAndSet", key, (current) => {
      return { result: current === NOTHING ? undefined : current, next };
    });
  }

  /**
   * Sets the value of `key` if it equals `expected` by its content, and returns whether it did. The entry keeps its time to
   * live.
   *
   * @throws {TypeError | RangeError | InvalidValueError | StoreError} As `get` and `set`.
   */
  override compareAndSet(key: K, expected: V, value: V): boolean {
    const next = this.#entries.encode(value);
    return this.#entries.decide("compareAndSet", key, (current) => {
      return this.#entries.holds(current, expected) ? { result: true, next } : { result: false };
    });
  }

  /**
   * Removes `key` if its value equals `expected` by its content, and returns whether it did.
   *
   * @throws {TypeError | InvalidValueError | StoreError} As `get`.
   */
  override compareAndDelete(key: K, expected: V): boolean {
    return this.#entries.decide("compareAndDelete", key, (current) => {
      return this.#entries.holds(current, expected) ? { result: true, next: NOTHING } : { result: false };
    });
  }

  /**
   * Sets `key` to what `fn` returns for its value, and returns that; `undefined` deletes the key. `fn` is called once. The entry keeps
   * its time to live.
   *
   * @throws What `fn` throws; the entry stays as it was, unless `fn` wrote to it.
   * @throws {TypeError} If `fn` is not a function.
   * @throws {TypeError | RangeError | InvalidValueError | StoreError} As `get` and `set`.
   */
  override update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    checkCallback("update", fn);
    return this.#entries.decide("update", key, (current) => {
      const next = fn(current === NOTHING ? undefined : current);
      return { result: next, next: next === undefined ? NOTHING : this.#entries.encode(next) };
    });
  }

  /**
   * Iterates over `[key, value]`.
   *
   * @throws {InvalidValueError} While it iterates, if an entry cannot be decoded.
   * @throws {StoreError} While it iterates, if SQLite fails.
   */
  entries(): MapIterator<[K, V]> {
    return this.#entries.entries();
  }

  /**
   * Iterates over the keys. No value is read.
   *
   * @throws {InvalidValueError | StoreError} As `entries`.
   */
  override keys(): MapIterator<K> {
    return this.#entries.keys();
  }

  /**
   * The entries as of this moment, whatever is written afterwards. All are read at once, in O(n).
   *
   * @throws {InvalidValueError | StoreError} As `entries`.
   */
  override snapshot(): Iterable<[K, V]> {
    return this.#entries.snapshot();
  }
}
