import type { Clock } from "../../src/clock.ts";
import type { Comparisons } from "../compare/comparisons.ts";
import { judge } from "../compare/judge.ts";
import { lookedAtAgain, newSuspect, type Suspect, type SweepTally, WHOLE } from "../compare/suspect.ts";
import { SETTLE_MS } from "../pair/key_versions.ts";
import { andThen, type Maybe, type Pair, type WholeWalk } from "../pair/pair.ts";

/**
 * Compares the two sides as wholes once all keys were compared: by one walk if it finds nothing, else by further ones, each after
 * time to settle. Where keys differ, so must the sizes: then only the order is compared.
 */
export class WholeSweep<K> {
  readonly #pair: Pair<K>;
  readonly #comparisons: Comparisons<K>;
  readonly #tally: SweepTally;
  readonly #clock: Clock;
  #walk: WholeWalk<K> | undefined;
  #suspect: Suspect<K> | undefined;
  #nextWalkAtMs = 0;

  /** @param tally Has counted how the comparisons of the keys ended. */
  constructor(pair: Pair<K>, comparisons: Comparisons<K>, tally: SweepTally, clock: Clock) {
    this.#pair = pair;
    this.#comparisons = comparisons;
    this.#tally = tally;
    this.#clock = clock;
  }

  /** Whether the next step may be done now. */
  get isReady(): boolean {
    return this.#tally.suspects === 0 &&
      (this.#nextWalkAtMs === 0 || this.#clock.monotonicMs() >= this.#nextWalkAtMs);
  }

  /** Goes on with a walk, and returns whether there is more to do. */
  step(): Maybe<boolean> {
    const walk = this.#walk ??= this.#begin();
    if (walk === undefined) return false;
    return andThen(walk.step(), (more) => more || this.#conclude(walk));
  }

  /** To be called whether or not there is more to do. */
  end(): void {
    this.#walk?.end();
  }

  #begin(): WholeWalk<K> | undefined {
    const { diffs, late, inconclusive } = this.#tally;
    if (diffs + late + inconclusive > 0) return this.#pair.order?.walk();
    return this.#pair.walkWhole?.() ?? this.#pair.order?.walk();
  }

  #conclude(walk: WholeWalk<K>): boolean {
    const { look } = walk;
    const verdict = judge(look, this.#suspect);
    if (this.#suspect !== undefined) lookedAtAgain(this.#suspect, look);
    else {
      const about = { subject: WHOLE, operation: "sweep", number: 0, comparisons: 1 } as const;
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
