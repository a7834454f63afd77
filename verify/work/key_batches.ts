import type { Maybe } from "../pair/pair.ts";

/** Takes keys in batches, whether they come at once or with promises. */
export class KeyBatches<K> {
  readonly #keys: Iterator<K, unknown> | AsyncIterator<K, unknown>;
  readonly #isAsync: boolean;

  constructor(keys: Iterable<K> | AsyncIterable<K>) {
    this.#isAsync = Symbol.asyncIterator in keys;
    this.#keys = Symbol.asyncIterator in keys ? keys[Symbol.asyncIterator]() : keys[Symbol.iterator]();
  }

  /** The next `size` keys, or those that are left; none at the end. */
  next(size: number): Maybe<readonly K[]> {
    return this.#isAsync ? this.#nextAsync(size) : this.#nextSync(size);
  }

  #nextSync(size: number): readonly K[] {
    const keys = this.#keys as Iterator<K, unknown>;
    const batch: K[] = [];
    while (batch.length < size) {
      const next = keys.next();
      if (next.done === true) break;
      batch.push(next.value);
    }
    return batch;
  }

  async #nextAsync(size: number): Promise<readonly K[]> {
    const batch: K[] = [];
    while (batch.length < size) {
      const next = await this.#keys.next();
      if (next.done === true) break;
      batch.push(next.value);
    }
    return batch;
  }
}
