import { AbstractAsyncMap } from "./abstract_async_map.ts";
import type { AsyncStore } from "./async/async_store.ts";
import { PARTIAL_WRITE, PartialWriteError } from "./async/partial_write.ts";
import type { CallSubject } from "./async/store_call.ts";
import { ASYNC_MAP_RULES, type AsyncMapOptions } from "./async/store_calls.ts";
import type { AsyncEvictingMap, AsyncExpiringMap, CallOptions, ExpiringSetOptions } from "./async_concurrent_map.ts";
import { backedBy } from "./backing.ts";
import type { ConcurrentMap, Traits } from "./concurrent_map.ts";
import type { DigestedMap, EntryDigests } from "./digests/entry_digests.ts";
import { ForwardingMap } from "./forwarding_map.ts";
import { asConcurrentMap } from "./native/as_concurrent_map.ts";
import { checkOptions } from "./options.ts";
import { refusePromisedValue } from "./promised_value.ts";
import { StoreError } from "./store_error.ts";

/**
 * Makes an asynchronous map of a synchronous one, without copying it: both have the same entries and the same traits.
 *
 * Each method calls the one of that name, within the call: it is one step. Only `update` and `getOrInsertComputed`,
 * whose functions may be asynchronous, look at the key again when the function's promise has resolved. What the map
 * throws, the promise rejects with. Where the map holds a promise, `get` resolves to what that resolves to. Entries expire as
 * the map says: one of your own may give a new time to an entry where an {@link AsyncExpiringMap} keeps it.
 *
 * @param map The map; a plain `Map` is adopted.
 * @param options `timeoutMs` is the limit for `compute` and `fn`: see {@link AsyncMapOptions}.
 * @returns The asynchronous map. Its methods `peek`, `evicted` and `expiresAt` answer as the map's do; for a map
 * without them, as if nothing were ever evicted, and nothing expired.
 * @throws {TypeError} If `map` is not a map, or an option is unknown or of the wrong type.
 * @throws {RangeError} If an option is out of its range.
 *
 * @example
 * ```ts
 * import { lift, NativeMap } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const users = new NativeMap<string, string>();
 * const lifted = lift(users);
 * const load = async (id: string) => `user ${id}`;
 * assertEquals(await lifted.getOrInsertComputed("ann", load), "user ann");
 * assertEquals(users.get("ann"), "user ann");
 * ```
 */
export function lift<K, V>(
  map: ConcurrentMap<K, V> | Map<K, V>,
  options?: AsyncMapOptions,
): AsyncEvictingMap<K, V> & AsyncExpiringMap<K, V> {
  const lifted = asConcurrentMap(map, "Cannot lift a map: it");
  return new LiftedMap(lifted, map[Symbol.toStringTag], checkOptions("lift a map", options, ASYNC_MAP_RULES, {}));
}

class LiftedMap<K, V> extends AbstractAsyncMap<K, V> implements AsyncEvictingMap<K, V> {
  readonly #map: ForwardingMap<K, V>;
  readonly #digested: Partial<DigestedMap<K>>;
  readonly #name: string;

  constructor(map: ConcurrentMap<K, V> & Partial<DigestedMap<K>>, name: string, options: AsyncMapOptions) {
    const forwarding = new ForwardingMap(map);
    super(storeOf(forwarding), options);
    this.#map = forwarding;
    this.#digested = map;
    this.#name = name;
    backedBy(this, map);
  }

  /** The name of the map that it lifts, which is the one that errors should name. */
  override get [Symbol.toStringTag](): string {
    return #name in this ? this.#name : "LiftedMap";
  }

  get entryDigests(): EntryDigests<K> | undefined {
    return this.#digested.entryDigests;
  }

  override get traits(): Traits {
    return this.#map.traits;
  }

  override has(key: K, options?: CallOptions): Promise<boolean> {
    return this.#step({ operation: "has", key }, options, () => this.#map.has(key));
  }

  peek(key: K, options?: CallOptions): Promise<V | undefined> {
    return this.#step({ operation: "peek", key }, options, () => this.#map.peek(key));
  }

  evicted(key: K, options?: CallOptions): Promise<boolean> {
    return this.#step({ operation: "evicted", key }, options, () => this.#map.evicted(key));
  }

  override expiresAt(key: K, options?: CallOptions): Promise<number | undefined> {
    return this.#step({ operation: "expiresAt", key }, options, () => this.#map.expiresAt(key));
  }

  override clear(options?: CallOptions): Promise<void> {
    return this.#step({ operation: "clear" }, options, () => this.#map.clear());
  }

  override size(options?: CallOptions): Promise<number> {
    return this.#step({ operation: "size" }, options, () => this.#map.size);
  }

  override async getOrInsert(key: K, value: V, options?: CallOptions): Promise<V> {
    refusePromisedValue(value);
    return await this.#step({ operation: "getOrInsert", key }, options, () => this.#map.getOrInsert(key, value));
  }

  override getAndDelete(key: K, options?: CallOptions): Promise<V | undefined> {
    return this.#step({ operation: "getAndDelete", key }, options, () => this.#map.getAndDelete(key));
  }

  override async getAndSet(key: K, value: V, options?: CallOptions): Promise<V | undefined> {
    refusePromisedValue(value);
    return await this.#step({ operation: "getAndSet", key }, options, () => this.#map.getAndSet(key, value));
  }

  override async compareAndSet(key: K, expected: V, value: V, options?: CallOptions): Promise<boolean> {
    refusePromisedValue(expected);
    refusePromisedValue(value);
    return await this.#step(
      { operation: "compareAndSet", key },
      options,
      () => this.#map.compareAndSet(key, expected, value),
    );
  }

  override async compareAndDelete(key: K, expected: V, options?: CallOptions): Promise<boolean> {
    refusePromisedValue(expected);
    return await this.#step(
      { operation: "compareAndDelete", key },
      options,
      () => this.#map.compareAndDelete(key, expected),
    );
  }

  override snapshot(options?: CallOptions): Promise<AsyncIterable<[K, V]>> {
    return this.#step({ operation: "snapshot" }, options, () => {
      const snapshot = this.#map.snapshot();
      return { [Symbol.asyncIterator]: () => asynchronous(snapshot) };
    });
  }

  /** Calls a method of the map at once. */
  #step<T>(subject: CallSubject, options: CallOptions | undefined, step: () => T): Promise<T> {
    return this.send("write", subject, options, step);
  }
}

/** A map as a store: each of its methods is done when it returns. */
function storeOf<K, V>(map: ForwardingMap<K, V>): AsyncStore<K, V> {
  const read = (key: K) => {
    const value = map.get(key);
    return value !== undefined || map.has(key) ? { value: value as V } : undefined;
  };
  return {
    get: (key) => read(key),
    set: (key, value, options) => map.set(key, value, ttlOf(options)),
    delete: (key) => map.delete(key),
    compareAndSet: (key, seen, next) => {
      if (seen !== undefined) {
        return next === undefined
          ? map.compareAndDelete(key, seen.value)
          : map.compareAndSet(key, seen.value, next.value);
      }
      if (map.has(key)) return false;
      if (next !== undefined) map.set(key, next.value);
      return true;
    },
    entries: () => asynchronous(map.entries()),
    keys: () => asynchronous(map.keys()),
    getMany: (keys) => keys.map(read),
    setMany: (entries, options) => {
      let isFirst = true;
      try {
        for (const [key, value] of entries) {
          map.set(key, value, ttlOf(options));
          isFirst = false;
        }
      } catch (error) {
        // It says what became of a single entry.
        throw error instanceof StoreError && !isFirst ? new PartialWriteError("", { cause: error }) : error;
      }
    },
    // What a map throws is no failure of a store.
    failureOf: (error) => error instanceof PartialWriteError ? PARTIAL_WRITE : undefined,
  };
}

function ttlOf({ ttlMs }: ExpiringSetOptions): { readonly ttlMs: number } | undefined {
  return ttlMs === undefined ? undefined : { ttlMs };
}

async function* asynchronous<T>(items: Iterable<T>): AsyncGenerator<T, undefined> {
  yield* items;
}
