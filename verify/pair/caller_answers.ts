import type { Side } from "../stages/stage.ts";
import type { Entry } from "./pair.ts";

/** How many answers are kept. The look that uses one follows soon. */
const MAX_ANSWERS = 256;

/** What a caller was answered. */
export interface CallerAnswer<V> {
  /** The side that answered. */
  readonly side: Side;
  /** What it had; `undefined`: nothing. */
  readonly entry: Entry<V> | undefined;
  /** The version of the key before it was read. */
  readonly version: number | undefined;
}

/** What callers were answered last, for the looks at the same keys. So a look reads the other side alone. All methods are O(1). */
export class CallerAnswers<V> {
  readonly #answers = new Map<unknown, CallerAnswer<V>>();

  /** Keeps an answer, and forgets the oldest one if there are too many. */
  keep(id: unknown, answer: CallerAnswer<V>): void {
    this.#answers.set(id, answer);
    if (this.#answers.size <= MAX_ANSWERS) return;
    const [oldest] = this.#answers.keys();
    this.#answers.delete(oldest);
  }

  /** Takes the answer about a key, if the key has been written neither since nor meanwhile. */
  take(id: unknown, version: number | undefined): CallerAnswer<V> | undefined {
    const answer = this.#answers.get(id);
    if (answer === undefined) return undefined;
    this.#answers.delete(id);
    return version !== undefined && answer.version === version ? answer : undefined;
  }
}
