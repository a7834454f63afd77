import type { CallOptions, ExpiringSetOptions } from "../async_concurrent_map.ts";
import { type AsyncStore, encodedFor, identityOf, keysOf, ownKey, type StoredEntry } from "./async_store.ts";
import { batchesOf } from "./batches.ts";
import type { KeyWrites } from "./key_writes.ts";
import type { StoreCall } from "./store_call.ts";
import type { StoreCalls } from "./store_calls.ts";
import { walk } from "./walk.ts";

/** From how many keys on, `clear` removes those that it has met. */
const PAGE = 1_024;

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
    const asked = wanted.map((key) => ownKey(this.#store, key));
    const found = await this.#calls.runLong({ operation: "getMany" }, options, async (call) => {
      const found: (StoredEntry<V> | undefined)[] = [];
      if (getMany === undefined) {
        for (const key of asked) found.push(await call.read(() => this.#store.get(key, options)));
      } else {
        for (const batch of batchesOf(asked)) {
          found.push(...await call.read(() => getMany.call(this.#store, batch, options)));
        }
      }
      return found;
    });
    return new Map(wanted.flatMap((key, at) => found[at] === undefined ? [] : [[key, found[at].value]]));
  }

  /** Sets entries, of which the last one counts for each key: in one go if the store can, else one after the other. */
  async set(entries: Iterable<readonly [K, V]>, options: ExpiringSetOptions): Promise<void> {
    const { setMany } = this.#store;
    const byId = new Map<unknown, readonly [K, Encoded]>();
    for (const [key, value] of entries) {
      byId.set(identityOf(this.#store, key), [ownKey(this.#store, key), encodedFor(this.#store, value)]);
    }
    const encoded = [...byId.values()];
    await this.#calls.runLong(
      { operation: "setMany" },
      options,
      (call) =>
        this.#writes.write(call, [...byId.keys()], async () => {
          if (setMany === undefined) {
            for (const [key, value] of encoded) await call.write(() => this.#store.set(key, value, options));
          } else {
            for (const batch of batchesOf(encoded, ([key, value]) => this.#shareOf(key, value))) {
              await call.write(() => setMany.call(this.#store, batch, options));
            }
          }
        }),
    );
  }

  /** Removes every entry: many in one go if the store can, else one after the other. */
  clear(options: CallOptions): Promise<void> {
    const length = this.#store.deleteMany === undefined ? 1 : PAGE;
    return this.#calls.runLong({ operation: "clear" }, options, async (call) => {
      let page: K[] = [];
      for await (const key of walk(keysOf(this.#store, options), (begin) => call.read(begin))) {
        if (page.push(key) < length) continue;
        await this.#remove(call, page, options);
        page = [];
      }
      await this.#remove(call, page, options);
    });
  }

  /** Counts the entries. */
  count(options: CallOptions): Promise<number> {
    return this.#calls.runLong({ operation: "size" }, options, async (call) => {
      let count = 0;
      for await (const _ of walk(keysOf(this.#store, options), (begin) => call.read(begin))) count++;
      return count;
    });
  }

  async #remove(call: StoreCall, keys: readonly K[], options: CallOptions): Promise<void> {
    const store = this.#store;
    for (const batch of batchesOf(keys, (key) => this.#shareOf(key))) {
      const send = () =>
        store.deleteMany === undefined ? store.delete(batch[0]!, options) : store.deleteMany(batch, options);
      await this.#writes.write(call, batch.map((key) => identityOf(store, key)), () => call.write(send));
    }
  }

  #shareOf(key: K, value?: Encoded): number {
    return this.#store.shareOf === undefined ? 0 : this.#store.shareOf(key, value);
  }
}
