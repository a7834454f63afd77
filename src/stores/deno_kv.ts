/**
 * A map in Deno KV.
 *
 * @module
 */

import { AbstractAsyncMap } from "../abstract_async_map.ts";
import type { Traits } from "../concurrent_map.ts";
import { checkOption, withMethods } from "../options.ts";
import { checkSendsOnce, type DenoKvDatabase } from "./deno_kv/kv.ts";
import { checkDenoKvOptions, type DenoKvMapOptions } from "./deno_kv/options.ts";
import { DenoKvStore } from "./deno_kv/store.ts";
import type { StoreKey } from "./key_codec.ts";

export type { AsyncMapOptions } from "../async/store_calls.ts";
export type { AsyncConcurrentMap, AsyncExpiringMap, CallOptions, ExpiringSetOptions } from "../async_concurrent_map.ts";
export type { Clock, ScheduleOptions } from "../clock.ts";
export type { Traits } from "../concurrent_map.ts";
export { StoreError, type StoreErrorDetails, type WriteOutcome } from "../store_error.ts";
export { type Codec, InvalidValueError } from "./codec.ts";
export type { DenoKvAtomic, DenoKvDatabase, DenoKvEntry, DenoKvKey } from "./deno_kv/kv.ts";
export type { DenoKvMapOptions } from "./deno_kv/options.ts";
export type { StoreKey } from "./key_codec.ts";
export type { StoreMapOptions } from "./store_map_options.ts";

const REQUIRED = withMethods("get", "getMany", "list", "atomic");

/**
 * A map in Deno KV, which all who use the database share. It works over your own database, which stays yours: one of `Deno.openKv`, or of
 * `openKv` of the package `@deno/kv`, on all runtimes. Bun must give that one `encodeV8` and `decodeV8`, which are never called.
 *
 * | method | commands |
 * | --- | --- |
 * | `get`, `has`, `expiresAt`, `set` | one |
 * | `delete`, and methods that read and write | one of each; again if the key was written to meanwhile |
 * | `getMany` | one for 10 keys, all at the same time |
 * | `setMany` | one for up to 1,000 entries, 800 kB, or 80 kB of keys: these are set in one step |
 * | `size`, `clear`, iteration | O(n), in pages of 100 entries; `clear` removes up to 1,000 with one command |
 *
 * - Each method on one key is one step to everyone: a commit, which checks that the entry has still the version that was read.
 * - Keys are strings, safe integers and bytes (`Uint8Array`), compared by their content: up to 2,048 bytes with the prefix, zeros counted
 *   twice. The database has them under `[prefix, bytes]`.
 * - Values are copied, by a codec, and compared by their content: up to 65,510 bytes, or 765,925 with `split`. They are stored as bytes.
 * - An entry holds the time at which it expires, by the clock of this process: Deno KV removes entries later than it was told. An expired
 *   entry is absent at once.
 *
 * - A database behind a URL must be one of `openKv(url, { accessToken, maxRetries: 0 })` of `@deno/kv` on Node or Bun, which never sends a
 *   write twice. `Deno.openKv(url)` sends it again when it has lost the answer, and does not say so.
 *
 * What it is bad at: large values; a hot key that many processes `update`, since they make each other try again.
 *
 * @example
 * ```ts
 * import { DenoKvMap } from "@twinmap/twinmap/deno-kv";
 * import { assertEquals } from "@std/assert";
 * import { openKv } from "@deno/kv";
 *
 * const database = await openKv(":memory:");
 * const visits = new DenoKvMap<string, number>(database, { prefix: "visits" });
 * await visits.set("home", 1);
 * assertEquals(await visits.update("home", (count = 0) => count + 1), 2);
 * database.close();
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class DenoKvMap<K extends StoreKey, V> extends AbstractAsyncMap<K, V, Uint8Array> {
  readonly #traits: Partial<Traits>;

  /**
   * A map over an open database. Nothing is sent yet.
   *
   * @param database The database.
   * @param options See {@link DenoKvMapOptions}; `prefix` is required.
   * @throws {TypeError} If `database` lacks a method, or would send a write twice, or if an option is missing, unknown or of the wrong type.
   * @throws {RangeError} If an option is out of its range.
   */
  constructor(database: DenoKvDatabase, options: DenoKvMapOptions<V>) {
    checkOption("create DenoKvMap", "database", database, REQUIRED);
    checkSendsOnce(database);
    const checked = checkDenoKvOptions(options);
    const store = new DenoKvStore<K, V>(database, checked);
    super(store, { timeoutMs: checked.timeoutMs, clock: checked.clock });
    const { maxKeyBytes, maxValueBytes } = store;
    this.#traits = {
      keys: "strings, integers and bytes",
      values: "copy",
      expires: "entry",
      maxKeyBytes,
      maxValueBytes,
    };
  }

  /**
   * No order, weak iteration, strings, integers and bytes as keys, values by copy, keys of up to 2,048 bytes with the prefix, values of up
   * to 65,510 bytes, or 765,925 with `split`, shared by all who use the database. Each entry expires after its own time.
   */
  override get traits(): Traits {
    return { ...super.traits, ...this.#traits };
  }
}
