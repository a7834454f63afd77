import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { type Mirror, type MirroredWrite, setting } from "../mirror/mirror.ts";
import type { WriteCallbacks } from "./write_callbacks.ts";

/** Brings writes to the other side: at once, as a {@link Mirror} itself does, or by way of its queue. */
export type Mirroring<K, V> = Pick<Mirror<K, V>, "apply" | "set">;

/**
 * Brings writes to the side behind by way of the mirror's queue. The queue must be empty when this is made.
 *
 * If the callback of a write moved the twin, writes are mirrored at once until the code that is running has ended. The write may
 * have begun on the side that is now behind. That side must get what the callback writes before the write itself, as the side
 * in front does.
 */
export class QueuedMirroring<K, V> implements Mirroring<K, V> {
  readonly #mirror: Mirror<K, V>;
  #isQueueing: boolean;

  constructor(mirror: Mirror<K, V>, callbacks: WriteCallbacks) {
    this.#mirror = mirror;
    this.#isQueueing = !callbacks.isRunning;
    if (!this.#isQueueing) queueMicrotask(() => this.#isQueueing = true);
  }

  apply(write: MirroredWrite<K, V>): void {
    if (this.#isQueueing) this.#mirror.enqueue(write);
    else this.#mirror.apply(write);
  }

  set(to: ConcurrentMap<K, V>, key: K, value: V, hash: number, sampled: boolean): void {
    this.apply(setting(to, key, value, hash, sampled));
  }
}
