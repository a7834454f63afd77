/**
 * A map in a storage of the package `unstorage`.
 *
 * @module
 */

import { AbstractAsyncMap } from "../abstract_async_map.ts";
import { Deadlines } from "../async/deadlines.ts";
import { ASYNC_MAP_DEFAULTS } from "../async/store_calls.ts";
import type { Traits } from "../concurrent_map.ts";
import { checkOption, withMethods } from "../options.ts";
import type { StoreKey } from "./key_codec.ts";
import { SlotStore } from "./slots/slot_store.ts";
import type { Content } from "./slots/slots.ts";
import { checkStoreMapOptions, type StoreMapOptions } from "./store_map_options.ts";
import { failureOf } from "./unstorage/failure.ts";
import type { UnstorageStorage } from "./unstorage/storage.ts";
import { StorageSlots } from "./unstorage/storage_slots.ts";

export type { Content } from "./slots/slots.ts";
export type { AsyncMapOptions } from "../async/store_calls.ts";
export type { AsyncConcurrentMap, AsyncExpiringMap, CallOptions, ExpiringSetOptions } from "../async_concurrent_map.ts";
export type { Clock, ScheduleOptions } from "../clock.ts";
export type { Traits } from "../concurrent_map.ts";
export { StoreError, type StoreErrorDetails, type WriteOutcome } from "../store_error.ts";
export { type Codec, InvalidValueError } from "./codec.ts";
export type { StoreKey } from "./key_codec.ts";
export type { StoreMapOptions } from "./store_map_options.ts";
export type { UnstorageStorage } from "./unstorage/storage.ts";

const REQUIRED = withMethods("getItemRaw", "setItemRaw", "removeItem", "getKeys");

/**
 * A map in a storage of the package `unstorage`, over any of its drivers: memory, files, Redis, S3 and dozens more.
 *
 * | method | calls of the driver |
 * | --- | --- |
 * | `get`, `has`, `expiresAt` | one |
 * | `set` | one; the first of a map is read back |
 * | `delete` | three: it looks whether the key is there, removes it, and looks whether it is gone |
 * | methods that read and write | one of `get`, and one of `set` or `delete` |
 * | `size`, `clear`, iteration | O(n): one for all keys, which are held in memory, and one for each entry |
 *
 * - A storage has no compare-and-set. A method is one step to those who use this map object, by a queue for each key: let one process write
 *   to a storage, by one map. For a part of a storage, use `prefixStorage`.
 * - Keys are strings, safe integers and bytes (`Uint8Array`), compared by their content. They are stored in hexadecimal digits, since
 *   storages take some keys for others. Keys that were not written by a `StorageMap` are skipped.
 * - Values are copied, by a codec, and compared by their content. Their text is stored as it is, bytes as bytes.
 * - An entry holds the time at which it expires, since most drivers know none. An expired entry is absent at once, and is
 *   removed from the storage when its key is set or deleted, or by a walk, such as `size`.
 * - What the driver never answers holds up the calls that write to the same key, and no others: a read until its `timeoutMs` is over, a
 *   write until twice that time is over, since it may yet be carried out. Those that wait longer than their own `timeoutMs` reject.
 * - A driver has limits of its own, such as 4,096 bytes for the path of a file, and so about 2,000 for a key. It is an error to go beyond
 *   them.
 *
 * What it is bad at: large maps, since a storage gives all keys at once; drivers that read what was there before a write, such as
 * Cloudflare KV, over which updates are lost.
 *
 * @example
 * ```ts
 * import { StorageMap } from "@twinmap/twinmap/unstorage";
 * import { assertEquals } from "@std/assert";
 * import { createStorage } from "unstorage";
 *
 * const visits = new StorageMap<string, number>(createStorage());
 * await visits.set("home", 1);
 * assertEquals(await visits.update("home", (count = 0) => count + 1), 2);
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class StorageMap<K extends StoreKey, V> extends AbstractAsyncMap<K, V, Content> {
  /**
   * A map in all of a storage.
   *
   * @param storage The storage.
   * @param options See {@link StoreMapOptions}.
   * @throws {TypeError} If `storage` lacks a method, or an option is unknown or of the wrong type.
   * @throws {RangeError} If an option is out of its range.
   */
  constructor(storage: UnstorageStorage, options?: StoreMapOptions<V>) {
    const action = "create StorageMap";
    checkOption(action, "storage", storage, REQUIRED);
    const checked = checkStoreMapOptions(action, options);
    const { clock, timeoutMs = ASYNC_MAP_DEFAULTS.timeoutMs } = checked;
    const slots = new StorageSlots(storage, new Deadlines(clock, timeoutMs));
    super(new SlotStore<K, V>("StorageMap", slots, checked, failureOf), { timeoutMs, clock });
  }

  /**
   * No order, weak iteration, strings, integers and bytes as keys, values by copy, no limits but the driver's, shared by all who use the
   * storage, one step to this map object. Each entry expires after its own time.
   */
  override get traits(): Traits {
    return { ...super.traits, keys: "strings, integers and bytes", values: "copy", expires: "entry" };
  }
}
