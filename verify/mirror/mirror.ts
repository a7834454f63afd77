import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { BoundedQueue } from "./bounded_queue.ts";
import { isPromise, refusePromise, silence } from "../../src/promised_answer.ts";
import type { Clock } from "../../src/clock.ts";
import type { KeyVersions } from "../pair/key_versions.ts";
import { nextTurn, runSlice } from "../work/slices.ts";

/** A write that is handed on to the other side. */
export interface MirroredWrite<K, V> {
  readonly operation: string;
  readonly key: K;
  /** The key's hash. */
  readonly hash: number;
  /** Does the write on a map, and returns what the map answers. */
  readonly apply: (map: ConcurrentMap<K, V>) => unknown;
  /** What the authoritative side answered. */
  readonly answer: unknown;
  /** Whether the key is one of those that are compared. */
  readonly sampled: boolean;
  /** Whether the answers of the two sides are compared. */
  readonly comparesAnswers: boolean;
  /** The other side. */
  readonly to: ConcurrentMap<K, V>;
}

/** Is told how the other side took the writes. */
export interface MirrorObserver<K, V> {
  /**
   * The other side answered.
   *
   * @param isSettled Whether the write before this one to the same key had settled, so that the answers can be compared.
   */
  answered(write: MirroredWrite<K, V>, answer: unknown, isSettled: () => boolean): void;
  /** The other side threw. */
  failed(write: MirroredWrite<K, V>, error: unknown): void;
}

/**
 * Applies writes to the other side in order: at once, or soon after from a bounded queue. If the queue is full, whoever adds
 * a write applies the oldest one in it, so that no write is lost and none overtakes another.
 */
export class Mirror<K, V> {
  readonly #queue: BoundedQueue<MirroredWrite<K, V>>;
  readonly #versions: KeyVersions;
  readonly #observer: MirrorObserver<K, V>;
  readonly #clock: Clock;
  readonly #sliceMs: number;
  readonly #refused = new Map<ConcurrentMap<K, V>, number>();
  #draining = false;
  /** How many writes failed. */
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

  /** How many writes are queued. */
  get pending(): number {
    return this.#queue.length;
  }

  /** How many writes `map` refused with an error. */
  refusedBy(map: ConcurrentMap<K, V>): number {
    return this.#refused.get(map) ?? 0;
  }

  /** Counts a write that `map` refused with `error`. */
  refused(map: ConcurrentMap<K, V>, error: unknown): void {
    silence(error);
    this.errors++;
    this.#refused.set(map, this.refusedBy(map) + 1);
  }

  /** Adds `write` to the queue. */
  enqueue(write: MirroredWrite<K, V>): void {
    if (!this.#queue.push(write)) {
      // The write takes its place first: applying the oldest one may call a function of the owner's that writes too.
      this.overruns++;
      const first = this.#queue.shift() as MirroredWrite<K, V>;
      this.#queue.push(write);
      this.apply(first);
    }
    if (!this.#draining) this.#drain();
  }

  /** Applies `write` now. No earlier write may be in the queue. */
  apply(write: MirroredWrite<K, V>): void {
    const before = this.#versions.written(write.hash, write.sampled);
    let answer: unknown;
    try {
      answer = write.apply(write.to);
      if (answer !== write.answer && !isPromise(write.answer)) refusePromise(answer, "The other map");
    } catch (error) {
      this.#failed(write, error);
      return;
    }
    this.#observer.answered(write, answer, () => this.#versions.isSettled(before));
  }

  /** Applies a `set` now, as {@link apply} does. It is the most frequent write, so no object is made unless it fails. */
  set(to: ConcurrentMap<K, V>, key: K, value: V, hash: number, sampled: boolean): void {
    this.#versions.written(hash, sampled);
    try {
      setOn(to, key, value);
    } catch (error) {
      this.#failed(setting(to, key, value, hash, sampled), error);
    }
  }

  /** Applies all queued writes. */
  flush(): void {
    while (this.#applyNext());
  }

  /** Applies queued writes for at most a slice, and returns whether none is left. */
  drainSlice(): boolean {
    if (this.#queue.length > 0) runSlice(() => this.#applyNext(), this.#clock, this.#sliceMs);
    return this.#queue.length === 0;
  }

  #failed(write: MirroredWrite<K, V>, error: unknown): void {
    this.refused(write.to, error);
    this.#observer.failed(write, error);
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    for (let isEmpty = false; !isEmpty;) {
      await nextTurn(this.#clock);
      try {
        isEmpty = this.drainSlice();
      } catch {
        this.errors++;
      }
    }
    this.#draining = false;
  }

  #applyNext(): boolean {
    const write = this.#queue.shift();
    if (write === undefined) return false;
    this.apply(write);
    return this.#queue.length > 0;
  }
}

/** A `set` that is handed on. */
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
    apply: (map) => void setOn(map, key, value),
    answer: undefined,
    sampled,
    comparesAnswers: false,
    to,
  };
}

/**
 * Sets the value of `key` on the other side.
 *
 * @throws {TypeError} If the map answers with a promise.
 * @throws Whatever the map throws.
 */
export function setOn<K, V>(map: ConcurrentMap<K, V>, key: K, value: V): void {
  const answer: unknown = map.set(key, value);
  if (answer !== map) refusePromise(answer, "The other map");
}

/**
 * Updates `key` on the other side to `next`, and returns the value that it had.
 *
 * @throws {TypeError} If the map answers with a promise.
 * @throws Whatever the map throws.
 */
export function updateOn<K, V>(map: ConcurrentMap<K, V>, key: K, next: V | undefined): V | undefined {
  let seen: V | undefined;
  const answer: unknown = map.update(key, (current) => (seen = current, next));
  if (answer !== next) refusePromise(answer, "The other map");
  return seen;
}
