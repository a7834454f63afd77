/**
 * A map in a `Keyv` of the package `keyv`.
 *
 * @module
 */

import { AbstractAsyncMap } from "../abstract_async_map.ts";
import type { Traits } from "../concurrent_map.ts";
import { checkOption, withMethods } from "../options.ts";
import type { StoreKey } from "./key_codec.ts";
import { checkKeyv, type KeyvInstance } from "./keyv/keyv.ts";
import { failureOf, KeyvSlots, MAX_DISTINCT } from "./keyv/keyv_slots.ts";
import { SlotStore } from "./slots/slot_store.ts";
import type { Content } from "./slots/slots.ts";
import { checkStoreMapOptions, type StoreMapOptions } from "./store_map_options.ts";

export type { Content } from "./slots/slots.ts";
export type { AsyncMapOptions } from "../async/store_calls.ts";
export type { AsyncConcurrentMap, AsyncExpiringMap, CallOptions, ExpiringSetOptions } from "../async_concurrent_map.ts";
export type { Clock, ScheduleOptions } from "../clock.ts";
export type { Traits } from "../concurrent_map.ts";
export { StoreError, type StoreErrorDetails, type WriteOutcome } from "../store_error.ts";
export { type Codec, InvalidValueError } from "./codec.ts";
export type { StoreKey } from "./key_codec.ts";
export type { KeyvInstance } from "./keyv/keyv.ts";
export type { StoreMapOptions } from "./store_map_options.ts";

/**
 * A map in a `Keyv` of the package `keyv`, version 5 or 6, over any of its stores: memory, Redis, PostgreSQL, MongoDB and more. Where a
 * store has a map of its own here, that one is better.
 *
 * | method | commands |
 * | --- | --- |
 * | `get`, `has`, `expiresAt`, `set` | one |
 * | `delete` | two: it looks whether the key is there first |
 * | methods that read and write | one of `get`, and one of `set` or `delete` |
 * | `size`, `clear`, iteration | O(n): the iterator of the store, and one command for each entry. Without an iterator, a `TypeError` |
 *
 * - A `Keyv` has no compare-and-set. A method is one step to those who use this map object, by a queue for each key: let one process write
 *   to a namespace, by one map.
 * - An outage is a {@link StoreError}. `Keyv` answers `undefined` and emits an event `error` then, which does not say of which command: all
 *   that are under way fail. A version 5 must have the option `throwOnErrors: true`.
 * - Keys are strings, safe integers and bytes (`Uint8Array`), compared by their content. They are stored in hexadecimal digits. Keys that
 *   were not written by a `KeyvMap` are skipped.
 * - Values are copied, by a codec, and compared by their content. They are stored as text, since `Keyv` changes others.
 * - An entry holds the time at which it expires, and the store is told, too. An expired entry is absent at once. The option `ttl` of the
 *   `Keyv` does not matter.
 *
 * What it is bad at: walking over a small map in a large database; an upgrade of `keyv`, since version 6 puts other keys into a Redis than
 * version 5.
 *
 * @example
 * ```ts
 * import { KeyvMap } from "@twinmap/twinmap/keyv";
 * import { assertEquals } from "@std/assert";
 * import { Keyv } from "keyv";
 *
 * const visits = new KeyvMap<string, number>(new Keyv({ throwOnErrors: true }));
 * await visits.set("home", 1);
 * assertEquals(await visits.update("home", (count = 0) => count + 1), 2);
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class KeyvMap<K extends StoreKey, V> extends AbstractAsyncMap<K, V, Content> {
  /**
   * A map in a `Keyv`, or in its namespace.
   *
   * @param keyv The `Keyv`.
   * @param options See {@link StoreMapOptions}.
   * @throws {TypeError} If `keyv` lacks a method, or is of version 5 without `throwOnErrors: true`, or with a namespace that makes it cut
   * keys; or if an option is unknown or of the wrong type.
   * @throws {RangeError} If an option is out of its range.
   */
  constructor(keyv: KeyvInstance, options?: StoreMapOptions<V>) {
    const action = "create KeyvMap";
    checkOption(action, "keyv", keyv, withMethods("get", "set", "delete", "on"));
    checkKeyv(keyv);
    const checked = checkStoreMapOptions(action, options);
    super(new SlotStore<K, V>("KeyvMap", new KeyvSlots(keyv), checked, failureOf), {
      timeoutMs: checked.timeoutMs,
      clock: checked.clock,
    });
  }

  /**
   * No order, weak iteration that visits each of 1,048,576 keys once, strings, integers and bytes as keys, values by copy, no limits but the
   * store's, shared by all who use the store, one step to this map object. Each entry expires after its own time.
   */
  override get traits(): Traits {
    return {
      ...super.traits,
      keys: "strings, integers and bytes",
      values: "copy",
      expires: "entry",
      maxVisitedOnce: MAX_DISTINCT,
    };
  }
}
