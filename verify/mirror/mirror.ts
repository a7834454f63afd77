import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { BoundedQueue } from "./bounded_queue.ts";
import type { Clock } from "../../src/clock.ts";
import type { KeyVersions } from "../pair/key_versions.ts";
import { nextTurn, runSlice } from "../work/slices.ts";

/** A write as it is handed on to the other side. */
export interface MirroredWrite<K, V> {
  readonly operation: string;
  readonly key: K;
  /** The key's hash. */
  readonly hash: number;
  /** Does the write and returns its answer. */
  readonly apply: (map: ConcurrentMap<K, V>) => unknown;
  /** What the authoritative side answered. */
  readonly answer: unknown;
  /** Whether the key is one of those that are compared. */
  readonly sampled: boolean;
  /** Whether the two answers are to be held against each other. */
  readonly comparesAnswers: boolean;
  readonly to: ConcurrentMap<K, V>;
}

/** What a mirror tells of the writes it applied. */
export interface MirrorObserver<K, V> {
  /**
   * The other side answered.
   *
   * @param isSettled Tells whether the key had rested before this write, so that the answers can be held against each other.
   */
  answered(write: MirroredWrite<K, V>, answer: unknown, isSettled: () => boolean): void;
  /** The other side threw. */
  failed(write: MirroredWrite<K, V>, error: unknown): void;
}

/**
 * Applies writes to the other side, in order: at once, or soon after by way of a bounded queue. Where the queue is full,
 * whoever adds a write applies the one that has waited longest, so that none is lost or overtaken.
 */
export class Mirror<K, V> {
  readonly #queue: BoundedQueue<MirroredWrite<K, V>>;
  readonly #versions: KeyVersions;
  readonly #observer: MirrorObserver<K, V>;
  readonly #clock: Clock;
  readonly #sliceMs: number;
  #draining = false;
  /** How many writes the other side threw at. */
  errors = 0;
  /** How often the queue was full. */
  overruns = 0;

  constructor(
    versions: KeyVersions,
    observer: MirrorObserver<K, V>,
    clock: Clock,
    maxPending: number,
    sliceMs: number,
  ) {
    this.#queue = new BoundedQueue(maxPending);
    this.#versions = versions;
    this.#observer = observer;
    this.#clock = clock;
    this.#sliceMs = sliceMs;
  }

  /** How many writes wait. */
  get pending(): number {
    return this.#queue.length;
  }

  /** Puts `write` into the queue. */
  enqueue(write: MirroredWrite<K, V>): void {
    if (!this.#queue.push(write)) {
      this.overruns++;
      const first = this.#queue.shift() as MirroredWrite<K, V>;
      this.#queue.push(write);
      this.apply(first);
    }
    if (!this.#draining) this.#drain();
  }

  /** Applies `write` now. None that was made before it may wait. */
  apply(write: MirroredWrite<K, V>): void {
    const before = this.#versions.written(write.hash, write.sampled);
    let answer: unknown;
    try {
      answer = write.apply(write.to);
    } catch (error) {
      this.errors++;
      this.#observer.failed(write, error);
      return;
    }
    this.#observer.answered(write, answer, () => this.#versions.isSettled(before));
  }

  /** Applies a `set` now, as {@link apply} does: the commonest write, for which no object is made unless it fails. */
  set(to: ConcurrentMap<K, V>, key: K, value: V, hash: number, sampled: boolean): void {
    this.#versions.written(hash, sampled);
    try {
      to.set(key, value);
    } catch (error) {
      this.errors++;
      this.#observer.failed(setting(to, key, value, hash, sampled), error);
    }
  }

  /** Applies all that waits. */
  flush(): void {
    while (this.#applyNext());
  }

  /** Applies what waits for at most a slice, and tells whether nothing is left. */
  drainSlice(): boolean {
    if (this.#queue.length > 0) runSlice(() => this.#applyNext(), this.#clock, this.#sliceMs);
    return this.#queue.length === 0;
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    do await nextTurn(this.#clock); while (!this.drainSlice());
    this.#draining = false;
  }

  #applyNext(): boolean {
    const write = this.#queue.shift();
    if (write === undefined) return false;
    this.apply(write);
    return this.#queue.length > 0;
  }
}

/** A `set` as it is handed on. */
export function setting<K, V>(
  to: ConcurrentMap<K, V>,
  key: K,
  value: V,
  hash: number,
  sampled: boolean,
): MirroredWrite<K, V> {
  return {
    operation: "set",
    key,
    hash,
    apply: (map) => void map.set(key, value),
    answer: undefined,
    sampled,
    comparesAnswers: false,
    to,
  };
}
