import { type Deadlines, Limited } from "../../src/async/deadlines.ts";
import { BoundedQueue } from "./bounded_queue.ts";

/** So many may wait for a place. */
const MAX_WAITING = 2 ** 24;

/** A number of places. While all are taken, those who want one wait in a queue. All methods are O(1), amortized. */
export class Places {
  #free: number;
  readonly #waiting = new BoundedQueue<Applicant>(MAX_WAITING);

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Takes a place.
   *
   * @param deadlines How long to wait for one at most; without, as long as it takes.
   * @returns Whether there came to be one in time; `undefined` if a place was free.
   */
  take(deadlines?: Deadlines): Promise<boolean> | undefined {
    if (this.#free > 0) {
      this.#free--;
      return undefined;
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const applicant = new Applicant(resolve, deadlines);
    if (!this.#waiting.push(applicant)) return Promise.resolve(false);
    deadlines?.start(applicant);
    return promise;
  }

  /** Takes up to `max` of the places that are free, and returns how many. */
  takeFree(max: number): number {
    const taken = Math.min(max, this.#free);
    this.#free -= taken;
    return taken;
  }

  /** Gives a place back, to the next one who waits. */
  release(): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (next.gets()) return;
    }
    this.#free++;
  }
}

class Applicant extends Limited {
  readonly #resolve: (hasPlace: boolean) => void;
  readonly #deadlines: Deadlines | undefined;
  #isGone = false;

  constructor(resolve: (hasPlace: boolean) => void, deadlines: Deadlines | undefined) {
    super();
    this.#resolve = resolve;
    this.#deadlines = deadlines;
  }

  /** Gets the place, and returns whether it still wants it. */
  gets(): boolean {
    if (this.#isGone) return false;
    this.#deadlines?.stop(this);
    this.#resolve(true);
    return true;
  }

  override expire(): void {
    this.#isGone = true;
    this.#resolve(false);
  }
}
