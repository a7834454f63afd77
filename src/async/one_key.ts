import type { Awaitable, CallOptions } from "../async_concurrent_map.ts";
import { storedKey } from "../keys/same_value_zero.ts";
import { type AsyncStore, encodedFor, identityOf, ownKey, type StoredEntry } from "./async_store.ts";
import { Flights } from "./flights.ts";
import type { Decision, KeyWrites } from "./key_writes.ts";
import type { StoreCall } from "./store_call.ts";
import { asItIs, type StoreCalls } from "./store_calls.ts";

/** The operations on one key of a store. */
export class OneKey<K, V, Encoded> {
  readonly #store: AsyncStore<K, V, Encoded>;
  readonly #calls: StoreCalls;
  readonly #writes: KeyWrites<K, V, Encoded>;
  readonly #flights = new Flights<V>();

  constructor(store: AsyncStore<K, V, Encoded>, calls: StoreCalls, writes: KeyWrites<K, V, Encoded>) {
    this.#store = store;
    this.#calls = calls;
    this.#writes = writes;
  }

  /** The value of a key, or `undefined` if it is absent. */
  get(key: K, options: CallOptions | undefined): Promise<V | undefined> {
    return this.#read("get", key, options, valueOf);
  }

  /** Whether a key is present. */
  has(key: K, options: CallOptions | undefined): Promise<boolean> {
    return this.#read("has", key, options, isPresent);
  }

  /** When the entry of a key expires: `Infinity` if never, `undefined` if the key is absent. */
  expiresAt(key: K, options: CallOptions | undefined): Promise<number | undefined> {
    return this.#read("expiresAt", key, options, expiryOf);
  }

  /** Reads a key, and changes it as `decide` says, in one step. */
  change<T>(
    operation: string,
    key: K,
    options: CallOptions | undefined,
    decide: (seen: StoredEntry<V> | undefined, call: StoreCall) => Awaitable<Decision<T, Encoded>>,
  ): Promise<T> {
    const id = identityOf(this.#store, key);
    const own = ownKey(this.#store, key);
    return this.#calls.run(
      { operation, key: own },
      options,
      (call) => this.#writes.change(call, own, id, options ?? {}, (seen) => decide(seen, call)),
    );
  }

  /**
   * The value of a key; if it is absent, what `compute` returns, once for all who want it at the same time.
   *
   * Nobody joins a flight whose value is being stored, and nobody takes the look of another caller for their own:
   * either may show what was gone before they came.
   */
  async getOrCompute(
    operation: string,
    callersKey: K,
    options: CallOptions | undefined,
    compute: (key: K) => Awaitable<V>,
  ): Promise<V> {
    const id = identityOf(this.#store, callersKey);
    const key = ownKey(this.#store, callersKey);
    const subject = { operation, key };
    for (;;) {
      const flight = this.#flights.get(id);
      if (flight?.isStoring === false) return await this.#calls.share(subject, options, flight.result);
      if (flight !== undefined) {
        const isOver = flight.result.then(() => {}, () => {});
        await this.#calls.run(subject, options, (call) => call.wait(() => isOver));
        continue;
      }
      const look = this.#flights.look(id);
      const found = await this.#read(operation, key, options, asItIs).finally(look.end);
      if (found !== undefined) return found.value;
      // Who is aborted by now begins no flight: the next look rejects.
      if (look.isOutdated || this.#flights.get(id) !== undefined || options?.signal?.aborted) continue;
      this.#flights.begin(id, (storing) => this.#compute(operation, key, compute, storing));
    }
  }

  /** Reads the entry of a key. `use` makes the result of it, and must not throw. */
  #read<R>(
    operation: string,
    key: K,
    options: CallOptions | undefined,
    use: (found: StoredEntry<V> | undefined) => R,
  ): Promise<R> {
    return this.#calls.once("read", { operation, key }, options, () => this.#store.get(key, options ?? {}), use);
  }

  /** Computes the value of an absent key, and stores it if it is still absent then. */
  #compute(
    operation: string,
    key: K,
    compute: (key: K) => Awaitable<V>,
    storing: () => void,
  ): Promise<V> {
    const id = identityOf(this.#store, key);
    return this.#calls.run({ operation, key }, {}, async (call) => {
      const value = await call.wait<V>(() => compute(storedKey(key)));
      storing();
      const encoded = encodedFor(this.#store, value);
      return await this.#writes.change(call, key, id, {}, orInsert<V, Encoded>(value, encoded));
    });
  }
}

/** Decides that a present key stays as it is, and that an absent one is set. */
export function orInsert<V, Encoded>(
  value: V,
  encoded: Encoded,
): (seen: StoredEntry<V> | undefined) => Decision<V, Encoded> {
  return (seen) => seen === undefined ? { answer: value, next: { value: encoded } } : { answer: seen.value };
}

function valueOf<V>(found: StoredEntry<V> | undefined): V | undefined {
  return found?.value;
}

function isPresent(found: StoredEntry<unknown> | undefined): boolean {
  return found !== undefined;
}

function expiryOf(found: StoredEntry<unknown> | undefined): number | undefined {
  return found === undefined ? undefined : found.expiresAt ?? Infinity;
}
