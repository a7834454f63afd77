/** A place in the queues of some keys. */
export interface Turn {
  /** Resolves when it is this place's turn for all its keys; `undefined` if it is at once. */
  readonly ready: Promise<unknown> | undefined;
  /** Gives the place up, when its work is done or before its turn came. */
  readonly leave: () => void;
}

/**
 * A queue for each key, first come, first served. Places for several keys are taken in one step, so that no two of them
 * wait for each other.
 */
export class KeyQueue {
  /** Resolves when the last place of a key's queue is left. A key that nobody uses has none. */
  readonly #tails = new Map<unknown, Promise<unknown>>();
  #length = 0;

  /** How many places there are, over all keys. */
  get length(): number {
    return this.#length;
  }

  /** Takes a place at the end of the queue of each of `keys`, which differ. O(keys). */
  enter(keys: readonly unknown[]): Turn {
    const before = keys.map((key) => this.#tails.get(key)).filter((tail) => tail !== undefined);
    const ready = before.length === 0 ? undefined : Promise.all(before);
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    // A place that is given up early still has those before it to wait for.
    const tail = ready === undefined ? left : ready.then(() => left);
    for (const key of keys) this.#tails.set(key, tail);
    this.#length++;
    tail.then(() => {
      this.#length--;
      for (const key of keys) if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    return { ready, leave };
  }
}
