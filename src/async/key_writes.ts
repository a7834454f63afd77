import type { Awaitable, CallOptions } from "../async_concurrent_map.ts";
import type { AsyncStore, StoredEntry, StoreSetOptions } from "./async_store.ts";
import { KeyQueue } from "./key_queue.ts";
import type { StoreCall } from "./store_call.ts";
import type { StoreCalls } from "./store_calls.ts";

/** How many calls may wait for their turn, or have it. */
const MAX_QUEUED = 2 ** 16;

/**
 * The longest pause before a change is tried again is random, up to 2 ms, and up to twice as long each time, at most to
 * 64 ms.
 */
const MAX_DOUBLINGS = 6;

/** What is to become of a key that was read. */
export interface Decision<T, Encoded> {
  /** What the caller gets. */
  readonly answer: T;
  /** If it is there: the key is to be set to `value`, or removed if it is `undefined`. */
  readonly next?: { readonly value: Encoded } | undefined;
}

/**
 * Changes keys by what they were read as, one call after the other for each key: in one step to everyone by the store's
 * compare-and-set, or else in one step to those who come through this queue.
 *
 * Without the queue, calls of one process that change one key would make each other's compare-and-set fail, over and
 * over. Calls of other processes still do, so that a change that failed waits for a random time.
 */
export class KeyWrites<K, V, Encoded> {
  readonly #store: AsyncStore<K, V, Encoded>;
  readonly #calls: StoreCalls;
  readonly #maxQueued: number;
  readonly #queue = new KeyQueue();

  constructor(store: AsyncStore<K, V, Encoded>, calls: StoreCalls, maxQueued: number = MAX_QUEUED) {
    this.#store = store;
    this.#calls = calls;
    this.#maxQueued = maxQueued;
  }

  /** Whether the store can change a key in one step, if it is as it was seen. */
  get isAtomic(): boolean {
    return this.#store.compareAndSet !== undefined;
  }

  /**
   * Runs the part of a call that writes to keys whatever they hold: at once where the store changes keys in one step,
   * else in turn.
   *
   * @param ids What stands for the keys. They differ.
   */
  write<T>(call: StoreCall, ids: readonly unknown[], part: () => Promise<T>): Promise<T> {
    return this.isAtomic ? part() : this.#inTurn(call, ids, part);
  }

  /**
   * Reads a key, asks `decide` what is to become of it, and does so if it is still as it was read; else it begins anew.
   *
   * @returns The answer of the decision that was carried out.
   */
  change<T>(
    call: StoreCall,
    key: K,
    id: unknown,
    options: CallOptions,
    decide: (seen: StoredEntry<V> | undefined) => Awaitable<Decision<T, Encoded>>,
  ): Promise<T> {
    return this.#inTurn(call, [id], async () => {
      for (let failures = 0;; failures++) {
        const seen = await call.read(() => this.#store.get(key, options));
        const decision = await decide(seen);
        const isWrite = "next" in decision && (seen !== undefined || decision.next !== undefined);
        if (!isWrite) return decision.answer;
        if (await call.write(() => this.#apply(key, seen, decision.next, options))) return decision.answer;
        await call.wait(() => this.#calls.pause(Math.random() * 2 ** (1 + Math.min(failures, MAX_DOUBLINGS - 1))));
      }
    });
  }

  /**
   * Runs a part of a call when it is its turn for all keys.
   *
   * If the call ends while a write is under way, the next turn begins when that is settled, at the latest after the
   * time limit: it could overwrite what comes after it.
   */
  #inTurn<T>(call: StoreCall, ids: readonly unknown[], part: () => Promise<T>): Promise<T> {
    if (this.#queue.length >= this.#maxQueued) {
      return Promise.reject(call.refused(`${this.#maxQueued} calls are in the queue already`));
    }
    const { ready, leave } = this.#queue.enter(ids);
    const answer = ready === undefined ? part() : call.wait(() => ready).then(part);
    const end = () => {
      const { writing } = call;
      if (writing === undefined) leave();
      else Promise.race([writing, this.#calls.pause(this.#calls.timeoutMs)]).then(leave, leave);
    };
    answer.then(end, end);
    return answer;
  }

  async #apply(
    key: K,
    seen: StoredEntry<V> | undefined,
    next: { readonly value: Encoded } | undefined,
    options: CallOptions,
  ): Promise<boolean> {
    const store = this.#store;
    if (store.compareAndSet !== undefined) return await store.compareAndSet(key, seen, next, options);
    if (next === undefined) await store.delete(key, options);
    else await store.set(key, next.value, { ...options, ...this.#time(seen) });
    return true;
  }

  /** The time of an entry, so that it keeps it. */
  #time(seen: StoredEntry<V> | undefined): Pick<StoreSetOptions, "ttlMs" | "expiresAt"> {
    const { expiresAt } = seen ?? {};
    if (expiresAt === undefined) return {};
    return { ttlMs: Math.max(1, Math.ceil(expiresAt - this.#calls.clock.now())), expiresAt };
  }
}
