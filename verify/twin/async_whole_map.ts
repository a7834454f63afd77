import type { AsyncConcurrentMap, Awaitable, CallOptions } from "../../src/async_concurrent_map.ts";
import { checkCallback } from "../../src/callback.ts";

/**
 * The operations on a whole map, answered by another one.
 *
 * @internal
 */
export abstract class AsyncWholeMap<K, V> {
  /** The map that answers. Called once an operation. */
  protected abstract readWhole(): AsyncConcurrentMap<K, V>;

  /** The number of entries. */
  async size(options?: CallOptions): Promise<number> {
    return await this.readWhole().size(options);
  }

  /** Calls `callback` for each entry, the next one when it has returned, or its promise has resolved. */
  async forEach(
    callback: (value: V, key: K, map: this) => Awaitable<void>,
    thisArg?: unknown,
    options?: CallOptions,
  ): Promise<void> {
    checkCallback("forEach", callback);
    for await (const [key, value] of this.entries(options)) await callback.call(thisArg, value, key, this);
  }

  /** Iterates over `[key, value]`, as the map that answers does. */
  entries(options?: CallOptions): AsyncIterableIterator<[K, V]> {
    return this.readWhole().entries(options);
  }

  /** Iterates over the keys. */
  keys(options?: CallOptions): AsyncIterableIterator<K> {
    return this.readWhole().keys(options);
  }

  /** Iterates over the values. */
  values(options?: CallOptions): AsyncIterableIterator<V> {
    return this.readWhole().values(options);
  }

  /** Iterates over `[key, value]`. */
  [Symbol.asyncIterator](): AsyncIterableIterator<[K, V]> {
    return this.entries();
  }

  /** The entries as of this moment. */
  async snapshot(options?: CallOptions): Promise<AsyncIterable<[K, V]>> {
    return await this.readWhole().snapshot(options);
  }
}
