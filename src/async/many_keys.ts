import type { CallOptions, ExpiringSetOptions } from "../async_concurrent_map.ts";
import { type AsyncStore, encodedFor, identityOf } from "./async_store.ts";
import type { KeyWrites } from "./key_writes.ts";
import type { StoreCalls } from "./store_calls.ts";
import { walk } from "./walk.ts";

/** The operations on many keys of a store. Each of their steps has the time limit for itself. */
export class ManyKeys<K, V, Encoded> {
  readonly #store: AsyncStore<K, V, Encoded>;
  readonly #calls: StoreCalls;
  readonly #writes: KeyWrites<K, V, Encoded>;

  constructor(store: AsyncStore<K, V, Encoded>, calls: StoreCalls, writes: KeyWrites<K, V, Encoded>) {
    this.#store = store;
    this.#calls = calls;
    this.#writes = writes;
  }

  /** The present entries of `keys`: in one go if the store can, else one after the other. */
  async get(keys: Iterable<K>, options: CallOptions): Promise<Map<K, V>> {
    const { getMany } = this.#store;
    const wanted = [...keys];
    for (const key of wanted) identityOf(this.#store, key);
    const found = await this.#calls.runLong({ operation: "getMany" }, options, async (call) => {
      if (getMany !== undefined) return await call.read(() => getMany.call(this.#store, wanted, options));
      const found = [];
      for (const key of wanted) found.push(await call.read(() => this.#store.get(key, options)));
      return found;
    });
    return new Map(wanted.flatMap((key, at) => found[at] === undefined ? [] : [[key, found[at].value]]));
  }

  /** Sets entries, of which the last one counts for each key: in one go if the store can, else one after the other. */
  async set(entries: Iterable<readonly [K, V]>, options: ExpiringSetOptions): Promise<void> {
    const { setMany } = this.#store;
    const byId = new Map<unknown, readonly [K, Encoded]>();
    for (const [key, value] of entries) byId.set(identityOf(this.#store, key), [key, encodedFor(this.#store, value)]);
    const encoded = [...byId.values()];
    await this.#calls.runLong(
      { operation: "setMany" },
      options,
      (call) =>
        this.#writes.write(call, [...byId.keys()], async () => {
          if (setMany !== undefined) return void await call.write(() => setMany.call(this.#store, encoded, options));
          for (const [key, value] of encoded) await call.write(() => this.#store.set(key, value, options));
        }),
    );
  }

  /** Removes every entry, one after the other. */
  clear(options: CallOptions): Promise<void> {
    return this.#calls.runLong({ operation: "clear" }, options, async (call) => {
      for await (const [key] of walk(this.#store.entries(options), (begin) => call.read(begin))) {
        const remove = () => call.write(() => this.#store.delete(key, options));
        await this.#writes.write(call, [identityOf(this.#store, key)], remove);
      }
    });
  }

  /** Counts the entries. */
  count(options: CallOptions): Promise<number> {
    return this.#calls.runLong({ operation: "size" }, options, async (call) => {
      let count = 0;
      for await (const _ of walk(this.#store.entries(options), (begin) => call.read(begin))) count++;
      return count;
    });
  }
}
