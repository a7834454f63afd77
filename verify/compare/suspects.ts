import type { Subject, Suspect } from "./suspect.ts";

/**
 * The suspects that wait for a re-check, and those that are being looked at. All methods are O(1) in the number of suspects.
 */
export class Suspects<K> implements Iterable<Suspect<K>> {
  readonly #settleMs: readonly number[];
  readonly #suspects = new Map<Subject<K>, Suspect<K>>();
  /** Those that wait, in the order of their re-checks: a set for each time that they wait. */
  readonly #waiting: readonly Set<Suspect<K>>[];
  #doubtful = 0;

  /** @param settleMs How long a suspect waits for the first, the second, … look in a row that finds the same difference. */
  constructor(settleMs: readonly number[]) {
    this.#settleMs = settleMs;
    this.#waiting = settleMs.map(() => new Set());
  }

  get size(): number {
    return this.#suspects.size;
  }

  /** How many of them have been found different. */
  get doubtful(): number {
    return this.#doubtful;
  }

  /** When the next re-check is due, by the monotonic clock; `undefined` if none waits for one. */
  get nextRecheckAtMs(): number | undefined {
    return this.#next()?.recheckAtMs;
  }

  get(subject: Subject<K>): Suspect<K> | undefined {
    return this.#suspects.get(subject);
  }

  /** Adds a suspect that was looked at, by the monotonic clock at `nowMs`. Its subject must not be one already. */
  add(suspect: Suspect<K>, nowMs: number): void {
    const wait = Math.min(suspect.sameInRow, this.#settleMs.length) - 1;
    suspect.recheckAtMs = nowMs + (this.#settleMs[wait] as number);
    this.#suspects.set(suspect.subject, suspect);
    this.#waiting[wait]?.add(suspect);
    if (suspect.differed) this.#doubtful++;
  }

  /** Takes the next one whose re-check is due at `nowMs`: it is being looked at from now on. */
  takeDue(nowMs: number): Suspect<K> | undefined {
    const next = this.#next();
    if (next === undefined || next.recheckAtMs > nowMs) return undefined;
    next.isLookedAt = true;
    this.#endWaiting(next);
    return next;
  }

  /** Removes a suspect, which must not have changed since it was added, and returns whether it was there. */
  remove(suspect: Suspect<K>): boolean {
    if (this.#suspects.get(suspect.subject) !== suspect) return false;
    this.#suspects.delete(suspect.subject);
    this.#endWaiting(suspect);
    if (suspect.differed) this.#doubtful--;
    return true;
  }

  clear(): void {
    this.#suspects.clear();
    for (const waiting of this.#waiting) waiting.clear();
    this.#doubtful = 0;
  }

  [Symbol.iterator](): Iterator<Suspect<K>> {
    return this.#suspects.values();
  }

  #next(): Suspect<K> | undefined {
    let earliest: Suspect<K> | undefined;
    for (const [first] of this.#waiting) {
      if (first !== undefined && !(first.recheckAtMs >= (earliest?.recheckAtMs ?? Infinity))) earliest = first;
    }
    return earliest;
  }

  #endWaiting(suspect: Suspect<K>): void {
    for (const waiting of this.#waiting) waiting.delete(suspect);
  }
}
