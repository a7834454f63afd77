/**
 * A map in Redis or Valkey.
 *
 * @module
 */

import { AbstractAsyncMap } from "../abstract_async_map.ts";
import { DEFAULT_TRAITS } from "../abstract_map.ts";
import type { AsyncExpiringMap, CallOptions } from "../async_concurrent_map.ts";
import { systemClock } from "../clock.ts";
import type { Traits } from "../concurrent_map.ts";
import type { StoreKey } from "./key_codec.ts";
import type { RedisClient } from "./redis/client.ts";
import { connectionOf } from "./redis/connection.ts";
import { HashFields } from "./redis/hash_fields.ts";
import { checkRedisOptions, type RedisMapOptions } from "./redis/options.ts";
import { PrefixedKeys } from "./redis/prefixed_keys.ts";
import { RedisStore } from "./redis/store.ts";

export class RedisMap<K extends StoreKey, V> extends AbstractAsyncMap<K, V, Uint8Array>
  implements AsyncExpiringMap<K, V> {
  readonly #store: RedisStore<K, V>;

  constructor(client: RedisClient, options: RedisMapOptions<V>) {
    const checked = checkRedisOptions(options);
    const { prefix, hash, timeoutMs, clock } = checked;
    const connection = connectionOf(client);
    const entries = hash === undefined ? new PrefixedKeys(connection, prefix!) : new HashFields(connection, hash);
    const store = new RedisStore<K, V>(entries, checked, clock ?? systemClock);
    super(store, { timeoutMs, clock });
    this.#store = store;
  }
}
