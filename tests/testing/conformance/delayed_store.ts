import { type AsyncStore, type StoredEntry, systemClock } from "@twinmap/twinmap";
import { seededRandom } from "../../../testing/seeded_random.ts";

/** A store in memory that several maps can share. Each command takes effect after some turns of the event loop, and answers later still. */
export class DelayedStore {
  readonly #entries = new Map<unknown, { value: unknown; version: number; expiresAt: number }>();
  readonly #random = seededRandom(1);
  #versions = 0;
  /** How long an entry may live that is set without a time. */
  ttlMs: number = Infinity;
  /** The time by which entries expire. */
  now: () => number = Date.now;
  /** While it is down, commands fail: those that are under way may have taken effect. */
  isDown = false;

  get(key: unknown): StoredEntry<unknown> | undefined {
    const found = this.#entries.get(key);
    if (found === undefined || found.expiresAt > this.now()) return found;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: unknown, value: unknown, expiresAt: number): void {
    this.#entries.set(key, { value, version: ++this.#versions, expiresAt });
  }

  delete(key: unknown): boolean {
    return this.get(key) !== undefined && this.#entries.delete(key);
  }

  keys(): unknown[] {
    return [...this.#entries.keys()];
  }

  /** Runs a command as a server does. */
  async run<T>(command: () => T): Promise<T> {
    await this.#delay();
    const answer = command();
    await this.#delay();
    return answer;
  }

  async #delay(): Promise<void> {
    for (let turns = Math.floor(this.#random() * 4); turns > 0; turns--) {
      if (this.isDown) throw new Error("The connection was lost");
      if (this.#random() < 0.1) await new Promise<void>((resolve) => void systemClock.schedule(resolve, 0));
      else await undefined;
    }
    if (this.isDown) throw new Error("The connection was lost");
  }
}

/** What a map needs of the store: with `compareAndSet` or without. */
export function asAsyncStore(store: DelayedStore, isAtomic: boolean): AsyncStore<unknown, unknown> {
  const expiry = (ttlMs = store.ttlMs) => store.now() + ttlMs;
  const base: AsyncStore<unknown, unknown> = {
    get: (key) => store.run(() => store.get(key)),
    set: (key, value, { ttlMs }) => store.run(() => store.set(key, value, expiry(ttlMs))),
    delete: (key) => store.run(() => store.delete(key)),
    async *entries() {
      for (const key of await store.run(() => store.keys())) {
        const found = await store.run(() => store.get(key));
        if (found !== undefined) yield [key, found.value];
      }
    },
  };
  if (!isAtomic) return base;
  return {
    ...base,
    compareAndSet: (key, seen, next) =>
      store.run(() => {
        const now = store.get(key);
        if (now?.version !== seen?.version) return false;
        if (next === undefined) store.delete(key);
        else store.set(key, next.value, now?.expiresAt ?? expiry());
        return true;
      }),
  };
}
