import type { Subject, Suspect } from "./suspect.ts";

/** The suspects that wait, in the order of their re-checks, since each waits for the same time. All methods are O(1). */
export class Suspects<K> implements Iterable<Suspect<K>> {
  readonly #suspects = new Map<Subject<K>, Suspect<K>>();
  #doubtful = 0;

  get size(): number {
    return this.#suspects.size;
  }

  /** How many of them have been found different. */
  get doubtful(): number {
    return this.#doubtful;
  }

  /** The one that is looked at next. */
  get next(): Suspect<K> | undefined {
    const [next] = this.#suspects.values();
    return next;
  }

  get(subject: Subject<K>): Suspect<K> | undefined {
    return this.#suspects.get(subject);
  }

  /** Adds a suspect, whose subject must not be one already. */
  add(suspect: Suspect<K>): void {
    this.#suspects.set(suspect.subject, suspect);
    if (suspect.differed) this.#doubtful++;
  }

  /** Removes a suspect, which must not have changed since it was added, and returns whether it was there. */
  remove(suspect: Suspect<K>): boolean {
    if (this.#suspects.get(suspect.subject) !== suspect) return false;
    this.#suspects.delete(suspect.subject);
    if (suspect.differed) this.#doubtful--;
    return true;
  }

  clear(): void {
    this.#suspects.clear();
    this.#doubtful = 0;
  }

  [Symbol.iterator](): Iterator<Suspect<K>> {
    return this.#suspects.values();
  }
}
