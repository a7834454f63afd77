import type { KeyList, Look, Pair } from "../../verify/pair/pair.ts";

type Side = Parameters<Pair<unknown>["keys"]>[0];

/** A pair as two stores would be: every answer is a promise, keys come one by one, and each key is refreshed at the second try. */
export class PromisePair<K> implements Pair<K> {
  readonly batch = { look: 3, refresh: 3 };
  readonly #pair: Pair<K>;
  readonly #refused = new Set<K>();

  constructor(pair: Pair<K>) {
    this.#pair = pair;
  }

  async look(key: K): Promise<Look<K>> {
    await Promise.resolve();
    return this.#pair.look(key);
  }

  async lookMany(keys: KeyList<K>): Promise<readonly (Look<K> | undefined)[]> {
    const first = Array.from({ length: Math.min(keys.length, 3) }, (_, at) => keys.at(at) as K);
    return await Promise.all(first.map((key) => this.look(key).catch(() => undefined)));
  }

  async hasMany(side: Side, keys: readonly K[]): Promise<readonly boolean[]> {
    return await this.#pair.hasMany(side, keys);
  }

  async refresh(key: K, from: Side): Promise<boolean> {
    if (!this.#refused.has(key)) return !this.#refused.add(key);
    return await this.#pair.refresh(key, from);
  }

  async refreshMany(keys: readonly K[], from: Side): Promise<readonly K[]> {
    const done = await Promise.all(keys.map((key) => this.refresh(key, from)));
    return keys.filter((_, at) => !done[at]);
  }

  async *keys(side: Side): AsyncGenerator<K, void, void> {
    for await (const key of this.#pair.keys(side)) yield key;
  }

  async size(side: Side): Promise<number | undefined> {
    return await this.#pair.size(side);
  }
}
