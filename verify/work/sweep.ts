import type { Clock } from "../../src/clock.ts";
import type { Comparisons } from "../compare/comparisons.ts";
import type { SweepTally } from "../compare/suspect.ts";
import { andThen, type Look, type Maybe, type Pair, unlessFailed } from "../pair/pair.ts";
import type { Side } from "../stages/stage.ts";
import type { Job } from "./job.ts";
import { KeyBatches } from "./key_batches.ts";
import { WholeSweep } from "./whole_sweep.ts";

/**
 * Compares all keys, in both directions: the keys of the old map first, then those that only the new map has. When all suspects
 * that it found have been re-checked, it compares the two sides as wholes. If there is no room for another suspect, the sweep
 * waits.
 *
 * @param tally Counts how the comparisons end.
 * @param ready Whether no write is queued.
 * @throws Whatever a side throws when its keys are walked.
 */
export async function sweep<K>(
  job: Job,
  pair: Pair<K>,
  comparisons: Comparisons<K>,
  tally: SweepTally,
  ready: () => boolean,
  clock: Clock,
): Promise<void> {
  const walk = new SweepWalk(job, pair, comparisons, tally);
  const total = () =>
    andThen(pair.size("old"), (oldSize = 0) => andThen(pair.size("new"), (newSize = 0) => oldSize + newSize));
  const whole = new WholeSweep(pair, comparisons, tally, clock);
  let areKeysDone = false;
  const isReady = () => ready() && (areKeysDone ? whole.isReady : !comparisons.isFull);
  const step = () => areKeysDone ? whole.step() : andThen(walk.step(), (more) => more || (areKeysDone = true));
  try {
    if (await job.run(total, isReady, step)) job.finish();
  } finally {
    whole.end();
  }
}

/**
 * Takes keys in batches, looks at a batch together as far as the pair can do that, and compares one key a step: a look may
 * take long, and a suspect needs room.
 */
class SweepWalk<K> {
  readonly #job: Job;
  readonly #pair: Pair<K>;
  readonly #comparisons: Comparisons<K>;
  readonly #tally: SweepTally;
  #side: Side = "old";
  #batches: KeyBatches<K>;
  /** The keys that are still to be compared, from {@link #at} on, and what was seen of the first of them. */
  #keys: readonly K[] = [];
  #looks: readonly (Look<K> | undefined)[] = [];
  #at = 0;

  constructor(job: Job, pair: Pair<K>, comparisons: Comparisons<K>, tally: SweepTally) {
    this.#job = job;
    this.#pair = pair;
    this.#comparisons = comparisons;
    this.#tally = tally;
    this.#batches = new KeyBatches(pair.keys("old"));
  }

  /** Compares the next key, and returns whether there is more to do. */
  step(): Maybe<boolean> {
    if (this.#at < this.#looks.length) {
      const look = this.#looks[this.#at];
      return this.#compare(this.#keys[this.#at++] as K, look);
    }
    if (this.#at < this.#keys.length) return this.#lookAt(this.#keys.slice(this.#at));
    return andThen(
      this.#job.take((size) => this.#batches.next(size), this.#pair.batch.look),
      (keys) => this.#take(keys),
    );
  }

  #take(keys: readonly K[]): Maybe<boolean> {
    if (keys.length === 0) {
      if (this.#side === "new") return false;
      this.#side = "new";
      this.#batches = new KeyBatches(this.#pair.keys("new"));
      return true;
    }
    if (this.#side === "old") return this.#lookAt(keys);
    return andThen(this.#pair.hasMany("old", keys), (inOld) => {
      const onlyInNew = keys.filter((_, at) => !inOld[at]);
      this.#job.done += keys.length - onlyInNew.length;
      return this.#lookAt(onlyInNew);
    });
  }

  #lookAt(keys: readonly K[]): Maybe<boolean> {
    this.#keys = keys;
    this.#looks = [];
    this.#at = 0;
    if (keys.length === 0) return true;
    return andThen(this.#pair.lookMany(keys), (looks) => {
      this.#looks = looks;
      return true;
    });
  }

  #compare(key: K, seen: Look<K> | undefined): Maybe<boolean> {
    this.#job.done++;
    if (this.#comparisons.joinSwept(key, this.#tally)) return true;
    return andThen(seen ?? unlessFailed(() => this.#pair.look(key)), (look) => {
      // A move of the twin, which a function of the owner's may make, ends the comparing.
      if (this.#job.isUnderWay) this.#comparisons.concludeSwept(key, look, this.#tally);
      return true;
    });
  }
}
