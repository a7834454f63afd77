import type { IdentifiedKey } from "../pair/identified_key.ts";

/** How long the first retry of a key waits, in milliseconds; each further one waits twice as long. */
const FIRST_RETRY_MS = 1_000;

const MAX_RETRY_MS = 30_000;

interface JournaledKey<K> {
  readonly subject: IdentifiedKey<K>;
  /** When it may be copied, by the monotonic clock. */
  readonly dueAtMs: number;
  /** How often copying it has failed. */
  readonly failures: number;
}

/**
 * The keys on which the two sides may differ: a mirrored write failed, or the outcome of a write is unknown. They are to be
 * copied again. All methods are O(1), but for {@link due}.
 */
export class Journal<K> {
  readonly #maxKeys: number;
  readonly #random: () => number;
  readonly #keys = new Map<unknown, JournaledKey<K>>();
  #lost = 0;

  /**
   * @param maxKeys How many keys it holds at most.
   * @param random Returns a random number from 0 to 1, so that keys that failed together are not all tried together again.
   */
  constructor(maxKeys: number, random: () => number) {
    this.#maxKeys = maxKeys;
    this.#random = random;
  }

  /** How many keys are in it. */
  get size(): number {
    return this.#keys.size;
  }

  /** How many keys did not fit. It only grows. */
  get lost(): number {
    return this.#lost;
  }

  /** Whether the key with this `id` is in it. */
  has(id: unknown): boolean {
    return this.#keys.has(id);
  }

  /** All keys are missing: none of them can be named. */
  lose(): void {
    this.#lost++;
  }

  /**
   * Adds a key.
   *
   * @param nowMs The time, by the monotonic clock.
   * @param notBeforeMs When it may be copied at the earliest: a write whose outcome is unknown may take effect until then.
   */
  add(subject: IdentifiedKey<K>, nowMs: number, notBeforeMs: number): void {
    const before = this.#keys.get(subject.id);
    if (before === undefined && this.#keys.size >= this.#maxKeys) {
      this.#lost++;
      return;
    }
    const failures = (before?.failures ?? 0) + 1;
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS) * (0.5 + this.#random() / 2);
    const dueAtMs = Math.max(before?.dueAtMs ?? 0, notBeforeMs, nowMs + waitMs);
    this.#keys.set(subject.id, { subject, dueAtMs, failures });
  }

  /**
   * The key was copied by a copy that began at `begunAtMs`, by the monotonic clock. It stays if it was added again, and was not due
   * then.
   */
  copied(id: unknown, begunAtMs: number): void {
    const journaled = this.#keys.get(id);
    if (journaled !== undefined && journaled.dueAtMs <= begunAtMs) this.#keys.delete(id);
  }

  /** Up to `max` of the keys that may be copied at `nowMs`. O(n). */
  due(nowMs: number, max: number): IdentifiedKey<K>[] {
    const due: IdentifiedKey<K>[] = [];
    for (const { subject, dueAtMs } of this.#keys.values()) {
      if (due.length === max) break;
      if (dueAtMs <= nowMs) due.push(subject);
    }
    return due;
  }
}
