import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { type Mirror, type MirroredWrite, setting } from "../mirror/mirror.ts";
import type { Routing } from "./routing.ts";

/** Brings writes to the other side: at once, as a {@link Mirror} itself does, or by way of its queue. */
export type Mirroring<K, V> = Pick<Mirror<K, V>, "apply" | "set">;

/** Brings writes to the side behind by way of the mirror's queue. */
export class QueuedMirroring<K, V> implements Mirroring<K, V> {
  readonly #mirror: Mirror<K, V>;
  readonly #routing: Routing<K, V>;

  constructor(mirror: Mirror<K, V>, routing: Routing<K, V>) {
    this.#mirror = mirror;
    this.#routing = routing;
  }

  apply(write: MirroredWrite<K, V>): void {
    const { front, back } = this.#routing;
    if (write.to === back) return this.#mirror.enqueue(write);
    // The write's callback moved the twin. What it wrote after that may still be queued, and would overwrite this write.
    // The side behind has taken this write already, so its answers to the queued ones tell nothing.
    this.#mirror.markWritten(write);
    this.#mirror.flush();
    this.#mirror.apply({ ...write, to: back, comparesAnswers: false });
    this.#mirror.apply({ ...write, to: front });
  }

  set(to: ConcurrentMap<K, V>, key: K, value: V, hash: number, sampled: boolean): void {
    this.apply(setting(to, key, value, hash, sampled));
  }
}
