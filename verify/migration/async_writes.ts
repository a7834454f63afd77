import type { Awaitable, CallOptions, ExpiringSetOptions } from "../../src/async_concurrent_map.ts";
import type { AsyncSides } from "./async_sides.ts";

/** Makes writes on the side that answers for their key, and knows what each of them leaves there. */
export class AsyncWrites<K, V> {
  readonly #sides: AsyncSides<K, V>;

  constructor(sides: AsyncSides<K, V>) {
    this.#sides = sides;
  }

  async set(key: K, value: V, options: ExpiringSetOptions | undefined): Promise<void> {
    await this.#sides.write(key, {
      operation: "set",
      signal: options?.signal,
      make: (map) => map.set(key, value, options),
      leftBy: () => ({ value }),
    });
  }

  delete(key: K, options: CallOptions | undefined): Promise<boolean> {
    return this.#sides.write(key, {
      operation: "delete",
      signal: options?.signal,
      make: (map) => map.delete(key, options),
      leftBy: (isDeleted) => isDeleted ? "absent" : "still absent",
      mayRemove: true,
    });
  }

  getOrInsertComputed(key: K, compute: (key: K) => Awaitable<V>, options: CallOptions | undefined): Promise<V> {
    let isComputed = false;
    return this.#sides.write(key, {
      operation: "getOrInsertComputed",
      signal: options?.signal,
      make: (map, watched) => {
        const counted = watched((stored: K) => (isComputed = true, compute(stored)));
        return map.getOrInsertComputed(key, counted, options);
      },
      // Whoever joined the flight of another caller has written nothing.
      leftBy: () => isComputed ? "unread" : "nothing",
    });
  }

  getAndDelete(key: K, options: CallOptions | undefined): Promise<V | undefined> {
    return this.#sides.write(key, {
      operation: "getAndDelete",
      signal: options?.signal,
      make: (map) => map.getAndDelete(key, options),
      leftBy: (before) => before === undefined ? "absent by now" : "absent",
      mayRemove: true,
    });
  }

  getAndSet(key: K, value: V, options: CallOptions | undefined): Promise<V | undefined> {
    return this.#sides.write(key, {
      operation: "getAndSet",
      signal: options?.signal,
      make: (map) => map.getAndSet(key, value, options),
      leftBy: () => ({ value }),
    });
  }

  compareAndSet(key: K, expected: V, value: V, options: CallOptions | undefined): Promise<boolean> {
    return this.#sides.write(key, {
      operation: "compareAndSet",
      signal: options?.signal,
      make: (map) => map.compareAndSet(key, expected, value, options),
      leftBy: (isSet) => isSet ? { value } : "nothing",
    });
  }

  compareAndDelete(key: K, expected: V, options: CallOptions | undefined): Promise<boolean> {
    return this.#sides.write(key, {
      operation: "compareAndDelete",
      signal: options?.signal,
      make: (map) => map.compareAndDelete(key, expected, options),
      leftBy: (isDeleted) => isDeleted ? "absent" : "nothing",
      mayRemove: true,
    });
  }

  update(
    key: K,
    fn: (current: V | undefined) => Awaitable<V | undefined>,
    options: CallOptions | undefined,
  ): Promise<V | undefined> {
    let before: V | undefined;
    return this.#sides.write(key, {
      operation: "update",
      signal: options?.signal,
      make: (map, watched) => map.update(key, watched((current: V | undefined) => fn(before = current)), options),
      leftBy: (after) => after !== undefined ? { value: after } : before === undefined ? "absent by now" : "absent",
      mayRemove: true,
    });
  }
}
