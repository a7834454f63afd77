import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import type { Mirror } from "../mirror/mirror.ts";
import type { KeySampler } from "../sampling/key_sampler.ts";
import type { Lane, Reader, Setter, Write } from "./lane.ts";

/** The lane of the stages at which one side alone is used: nothing is handed on, nothing compared. */
export class SingleLane<K, V> implements Lane<K, V> {
  readonly front: ConcurrentMap<K, V>;
  readonly reader: Reader<K, V>;
  readonly setter: Setter<K, V>;
  readonly #mirror: Mirror<K, V>;
  readonly #keys: KeySampler;

  /** @param keys The keys whose errors are reported as diffs. */
  constructor(front: ConcurrentMap<K, V>, mirror: Mirror<K, V>, keys: KeySampler) {
    this.front = front;
    this.reader = front;
    this.setter = front;
    this.#mirror = mirror;
    this.#keys = keys;
  }

  first(): ConcurrentMap<K, V> {
    return this.front;
  }

  /** Hands on only a write that the other side has answered, because its callback moved the twin to this lane. */
  handOn(write: Write<K, V>): void {
    if (write.first === this.front) return;
    const hash = this.#keys.hash(write.key);
    const sampled = this.#keys.includes(hash);
    this.#mirror.apply({ ...write, hash, sampled, comparesAnswers: false, to: this.front });
  }

  handOnConditional(): void {}

  clear(): void {
    this.front.clear();
  }

  compareRead(): void {}

  compareOrder(): void {}
}
