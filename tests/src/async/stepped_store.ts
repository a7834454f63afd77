/** A store in memory whose commands take several steps, and maps over it. */
import { AbstractAsyncMap, type AsyncMapOptions, type AsyncStore, type StoredEntry } from "@twinmap/twinmap";

/** Waits until it is this command's turn again. */
export type Pause = () => Promise<unknown>;

/** A row of a store: each write makes a new one. */
export interface Row<V> {
  readonly value: V;
  readonly expiresAt?: number;
}

/** Each command waits, takes effect at once, and waits again before it answers. */
export class SteppedStore<K, V> implements AsyncStore<K, V> {
  readonly rows: Map<K, Row<V>> = new Map();
  /** The names of the commands that were sent. */
  readonly sent: string[] = [];
  /** What commands of a name wait for before they take effect, and before they answer. */
  readonly delayed: Map<string, Promise<unknown>> = new Map();
  readonly held: Map<string, Promise<unknown>> = new Map();
  readonly compareAndSet?: AsyncStore<K, V>["compareAndSet"];
  readonly #pause: Pause;

  /** `kind` says whether it can compare and set. */
  constructor(kind: "atomic" | "plain", pause: Pause = () => Promise.resolve()) {
    this.#pause = pause;
    if (kind === "atomic") this.compareAndSet = (key, seen, next) => this.#compareAndSet(key, seen, next);
  }

  get(key: K): Promise<StoredEntry<V> | undefined> {
    return this.#command("get", () => {
      const row = this.rows.get(key);
      return row && { ...row, version: row };
    });
  }

  set(key: K, value: V, options: { readonly ttlMs?: number | undefined } = {}): Promise<unknown> {
    return this.#command("set", () => this.rows.set(key, rowOf(value, options.ttlMs)));
  }

  delete(key: K): Promise<boolean> {
    return this.#command("delete", () => this.rows.delete(key));
  }

  async *entries(): AsyncGenerator<[K, V], void> {
    for (const [key, { value }] of this.rows) yield await this.#command("next", (): [K, V] => [key, value]);
  }

  #compareAndSet(
    key: K,
    seen: StoredEntry<V> | undefined,
    next: { readonly value: V } | undefined,
  ): Promise<boolean> {
    return this.#command("compareAndSet", () => {
      if (this.rows.get(key) !== seen?.version) return false;
      if (next === undefined) this.rows.delete(key);
      else this.rows.set(key, { ...seen?.version as Row<V> | undefined, value: next.value });
      return true;
    });
  }

  async #command<T>(name: string, takeEffect: () => T): Promise<T> {
    this.sent.push(name);
    await this.#pause();
    await this.delayed.get(name);
    const answer = takeEffect();
    await this.held.get(name);
    await this.#pause();
    return answer;
  }
}

function rowOf<V>(value: V, ttlMs: number | undefined): Row<V> {
  return ttlMs === undefined ? { value } : { value, expiresAt: ttlMs };
}

/** A map over any store. */
export class StoreMap<K, V, Encoded = V> extends AbstractAsyncMap<K, V, Encoded> {
  constructor(store: AsyncStore<K, V, Encoded>, options?: AsyncMapOptions) {
    super(store, options);
  }
}
