import type { Clock } from "../../src/clock.ts";
import type { Comparisons } from "../compare/comparisons.ts";
import { judge } from "../compare/judge.ts";
import { lookedAtAgain, newSuspect, ORDER, type Suspect, type SweepTally } from "../compare/suspect.ts";
import { SETTLE_MS } from "../pair/key_versions.ts";
import { andThen, type Maybe, type OrderWalk, type PairOrder } from "../pair/pair.ts";

/**
 * Compares the order of all keys: by one walk if it finds none in another order, else by further ones, each after time to
 * settle.
 */
export class OrderSweep<K> {
  readonly #order: PairOrder<K>;
  readonly #comparisons: Comparisons<K>;
  readonly #tally: SweepTally;
  readonly #clock: Clock;
  #walk: OrderWalk<K> | undefined;
  #suspect: Suspect<K> | undefined;
  #nextWalkAtMs = 0;

  /** @param tally Counts how the comparison ends. */
  constructor(order: PairOrder<K>, comparisons: Comparisons<K>, tally: SweepTally, clock: Clock) {
    this.#order = order;
    this.#comparisons = comparisons;
    this.#tally = tally;
    this.#clock = clock;
  }

  /** Whether the next step may be done now. */
  get isReady(): boolean {
    return this.#nextWalkAtMs === 0 || this.#clock.monotonicMs() >= this.#nextWalkAtMs;
  }

  /** Goes on with a walk, and returns whether there is more to do. */
  step(): Maybe<boolean> {
    const walk = this.#walk ??= this.#order.walk();
    return andThen(walk.step(), (more) => more || this.#conclude(walk));
  }

  /** To be called whether or not there is more to do. */
  end(): void {
    this.#walk?.end();
  }

  #conclude(walk: OrderWalk<K>): boolean {
    const { look } = walk;
    const verdict = judge(look, this.#suspect);
    if (this.#suspect !== undefined) lookedAtAgain(this.#suspect, look);
    else {
      const about = { subject: ORDER, operation: "sweep", number: 0, comparisons: 1 } as const;
      this.#suspect = newSuspect<K>(about, look, this.#tally);
    }
    if (verdict !== "suspect") {
      this.#comparisons.endSwept(this.#suspect, verdict);
      return false;
    }
    this.#nextWalkAtMs = this.#clock.monotonicMs() + SETTLE_MS;
    walk.restart();
    return true;
  }
}
