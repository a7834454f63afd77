import { type Deadlines, Limited } from "../../src/async/deadlines.ts";
import { silence } from "../../src/promised_answer.ts";

/** The keys of a map that answers with promises, one by one, as long as the next one comes in time. */
export class WalkedKeys<K> extends Limited implements AsyncIterableIterator<K, void, void> {
  readonly #keys: AsyncIterator<K, unknown>;
  readonly #deadlines: Deadlines;
  readonly #tooLate: () => Error;
  #reject: ((error: unknown) => void) | undefined;

  /**
   * @param keys The keys, as the map gives them.
   * @param deadlines How long to wait for each.
   * @param tooLate The error if one does not come in time.
   */
  constructor(keys: AsyncIterable<K>, deadlines: Deadlines, tooLate: () => Error) {
    super();
    this.#keys = keys[Symbol.asyncIterator]();
    this.#deadlines = deadlines;
    this.#tooLate = tooLate;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<K, void>> {
    const answer = this.#keys.next() as Promise<IteratorResult<K, void>>;
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      this.#deadlines.start(this);
      answer.then((next) => {
        this.#deadlines.stop(this);
        resolve(next);
      }, (error: unknown) => {
        this.#deadlines.stop(this);
        reject(error);
      });
    });
  }

  /** Ends the walk, without waiting for the map. */
  return(): Promise<IteratorResult<K, void>> {
    silence(this.#keys.return?.());
    return Promise.resolve({ done: true, value: undefined });
  }

  override expire(): void {
    this.#reject?.(this.#tooLate());
  }
}
