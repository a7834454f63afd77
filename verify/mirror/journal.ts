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
  /** Whether this twin has written it, or its old map held it: then it is deleted where that lacks it. */
  readonly isOwn: boolean;
}

/** What a {@link Journal} works with. */
export interface JournalSetting<K> {
  /** How many keys it holds at most. */
  readonly maxKeys: number;
  /** Returns a random number from 0 to 1, so that keys that failed together are not all tried together again. */
  readonly random: () => number;
  /** Called when a key has come in, or is known to be this twin's own, and when it has gone. */
  readonly changed?: ((subject: IdentifiedKey<K>, state: "own" | "in" | "gone") => void) | undefined;
}

/**
 * The keys on which the two sides may differ: a mirrored write failed, or the outcome of a write is unknown. They are to be
 * copied again. All methods are O(1), but for {@link due}.
 */
export class Journal<K> {
  readonly #setting: JournalSetting<K>;
  readonly #keys = new Map<unknown, JournaledKey<K>>();
  #lost = 0;
  /** Whether it knows all keys that were in it when the process ended before. */
  isRead = true;

  constructor(setting: JournalSetting<K>) {
    this.#setting = setting;
  }

  /** Adds a key that was in it when the process ended before, and may be copied from `dueAtMs` on. */
  restore(subject: IdentifiedKey<K>, isOwn: boolean, dueAtMs: number): void {
    const before = this.#keys.get(subject.id);
    if (before === undefined && this.#keys.size >= this.#setting.maxKeys) return this.lose();
    this.#keys.set(subject.id, {
      subject,
      failures: before?.failures ?? 0,
      isOwn: isOwn || before?.isOwn === true,
      dueAtMs: Math.max(before?.dueAtMs ?? 0, dueAtMs),
    });
  }

  /** How many keys are in it. */
  get size(): number {
    return this.#keys.size;
  }

  /** How often a key did not fit, or could not be named. It only grows. */
  get lost(): number {
    return this.#lost;
  }

  /** Whether the key with this `id` is in it, or may be. */
  has(id: unknown): boolean {
    return !this.isRead || this.#keys.has(id);
  }

  /** Whether a key is in it that is known to be this twin's own. */
  isOwn(id: unknown): boolean {
    return this.#keys.get(id)?.isOwn === true;
  }

  /** The key with this `id`, if it is in it, is known to be this twin's own. */
  own(id: unknown): void {
    const journaled = this.#keys.get(id);
    if (journaled === undefined || journaled.isOwn) return;
    this.#keys.set(id, { ...journaled, isOwn: true });
    this.#setting.changed?.(journaled.subject, "own");
  }

  /** Any key may be missing. */
  lose(): void {
    this.#lost++;
  }

  /**
   * Adds a key.
   *
   * @param isOwn Whether it is known to be this twin's own. That it was known before is not forgotten.
   * @param nowMs The time, by the monotonic clock.
   * @param notBeforeMs When it may be copied at the earliest: a write whose outcome is unknown may take effect until then.
   * @param hasFailed Whether copying it has just failed. Then it waits longer each time.
   */
  add(subject: IdentifiedKey<K>, isOwn: boolean, nowMs: number, notBeforeMs: number, hasFailed: boolean): void {
    const { maxKeys, random, changed } = this.#setting;
    const before = this.#keys.get(subject.id);
    if (before === undefined && this.#keys.size >= maxKeys) return this.lose();
    const failures = (before?.failures ?? 0) + Number(hasFailed);
    const waitMs = hasFailed ? Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS) : FIRST_RETRY_MS;
    const dueAtMs = Math.max(before?.dueAtMs ?? 0, notBeforeMs, nowMs + waitMs * (0.5 + random() / 2));
    this.#keys.set(subject.id, { subject, dueAtMs, failures, isOwn: before?.isOwn === true });
    if (isOwn) this.own(subject.id);
    else if (before === undefined) changed?.(subject, "in");
  }

  /**
   * The key was copied by a copy that began at `begunAtMs`, by the monotonic clock. It stays if it was added again, and was not due
   * then.
   */
  copied(id: unknown, begunAtMs: number): void {
    const journaled = this.#keys.get(id);
    if (journaled === undefined || journaled.dueAtMs > begunAtMs) return;
    this.#keys.delete(id);
    this.#setting.changed?.(journaled.subject, "gone");
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
