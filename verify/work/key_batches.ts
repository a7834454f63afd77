import type { Maybe } from "../pair/pair.ts";

/** Takes keys in batches, whether they come at once or with promises. */
export class KeyBatches<K> {
  readonly #keys: Iterator<K, unknown> | AsyncIterator<K, unknown>;
  readonly #isAsync: boolean;
  readonly #size: number;

  /** @param size How many keys a batch has; the last one may have fewer. */
  constructor(keys: Iterable<K> | AsyncIterable<K>, size: number) {
    this.#isAsync = Symbol.asyncIterator in keys;
    this.#keys = Symbol.asyncIterator in keys ? keys[Symbol.asyncIterator]() : keys[Symbol.iterator]();
    this.#size = size;
  }

  /** The next batch; an empty one if no key is left. */
  next(): Maybe<readonly K[]> {
    return this.#isAsync ? this.#nextAsync() : this.#nextSync();
  }

  #nextSync(): readonly K[] {
    const keys = this.#keys as Iterator<K, unknown>;
    const batch: K[] = [];
    while (batch.length < this.#size) {
      const next = keys.next();
      if (next.done === true) break;
      batch.push(next.value);
    }
    return batch;
  }

  async #nextAsync(): Promise<readonly K[]> {
    const batch: K[] = [];
    while (batch.length < this.#size) {
      const next = await this.#keys.next();
      if (next.done === true) break;
      batch.push(next.value);
    }
    return batch;
  }
}
