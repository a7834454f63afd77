/** The keys that were found different, each once. Those that do not fit are only counted. */
export class DifferentKeys<K> implements Iterable<K> {
  readonly #max: number;
  readonly #keys = new Set<K>();
  #lost = 0;

  /** @param max How many keys it holds at most. */
  constructor(max: number) {
    this.#max = max;
  }

  /** How many times a key did not fit. */
  get lost(): number {
    return this.#lost;
  }

  /** Adds a key that was found different. */
  add(key: K): void {
    if (this.#keys.size < this.#max || this.#keys.has(key)) this.#keys.add(key);
    else this.#lost++;
  }

  /** Removes a key that is equal again. */
  delete(key: K): void {
    this.#keys.delete(key);
  }

  /** The keys as of now. */
  [Symbol.iterator](): Iterator<K> {
    return [...this.#keys].values();
  }
}
