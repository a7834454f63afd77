import type { Clock } from "../../src/clock.ts";
import { idOf } from "../pair/identified_key.ts";

/** How many copies are under way at a time. */
const MAX_AT_ONCE = 64;

/** How many keys may be noted before they are entered among those that wait: what that takes in one go. */
const MAX_NOTED = 8_192;

/** What {@link WrittenKeys} work with. */
export interface WrittenKeysSetting<K> {
  readonly clock: Clock;
  /** How many keys may wait. */
  readonly maxPending: number;
  /** Copies what the old map holds for a key then. It must not reject. */
  readonly copy: (key: K) => Promise<void>;
  /** Called with a key for which there is no room. */
  readonly overflowed: (key: K) => void;
}

/**
 * The keys that were written at once, without a promise, and wait to be copied. A key that is written again while it waits is
 * copied once. Its value is read when it is copied, so only keys are kept.
 *
 * A caller pays for a note of the key in a list. Which keys these are is found out in a later turn of the event loop, when the next
 * copies begin: up to 64 at a time, the longest waiting key first.
 */
export class WrittenKeys<K> {
  readonly #setting: WrittenKeysSetting<K>;
  /** The keys that were added, some of them several times, and are not among those that wait yet. */
  #noted: K[] = [];
  readonly #keys = new Map<unknown, K>();
  /** Goes on where it stopped: keys that are added later come after it. */
  #next: Iterator<[unknown, K]> | undefined;
  readonly #copying = new Set<Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #taken = 0;
  #isScheduled = false;

  constructor(setting: WrittenKeysSetting<K>) {
    this.#setting = setting;
  }

  /** How many keys wait. */
  get size(): number {
    this.#enter();
    return this.#keys.size;
  }

  /** Whether no key waits, or is being copied. */
  get isEmpty(): boolean {
    return this.size === 0 && this.#copying.size === 0;
  }

  /** Whether the key with this `id` waits. */
  has(id: unknown): boolean {
    this.#enter();
    return this.#keys.has(id);
  }

  /** Adds a key that was written. O(1), amortized. */
  add(key: K): void {
    this.#noted.push(key);
    if (!this.#isScheduled) this.#schedule();
    else if (this.#noted.length === MAX_NOTED) this.#enter();
  }

  /** Resolves when all keys that were added by now are copied. Those that are added meanwhile are not waited for. */
  async ended(): Promise<void> {
    const last = this.#taken + this.size;
    while (this.#taken < last) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    await Promise.all(this.#copying);
  }

  #enter(): void {
    const { maxPending, overflowed } = this.#setting;
    const noted = this.#noted;
    if (noted.length === 0) return;
    this.#noted = [];
    for (const key of noted) {
      const id = idOf(key);
      this.#keys.set(id, key);
      if (this.#keys.size > maxPending) {
        this.#keys.delete(id);
        overflowed(key);
      }
    }
  }

  #schedule(): void {
    this.#isScheduled = true;
    this.#setting.clock.schedule(() => this.#begin(), 0);
  }

  /** Begins as many copies as may be under way. */
  #begin(): void {
    this.#isScheduled = false;
    this.#enter();
    while (this.#copying.size < MAX_AT_ONCE && this.#keys.size > 0) {
      const { value: entry, done } = (this.#next ??= this.#keys.entries()).next();
      if (done) this.#next = undefined;
      else this.#copy(...entry as [unknown, K]);
    }
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #copy(id: unknown, key: K): void {
    this.#keys.delete(id);
    this.#taken++;
    const copying = this.#setting.copy(key).then(() => {
      this.#copying.delete(copying);
      if (this.#keys.size > 0 && !this.#isScheduled) this.#schedule();
    });
    this.#copying.add(copying);
  }
}
