import { andThen, type Maybe, type Pair } from "../pair/pair.ts";
import type { Side } from "../stages/stage.ts";
import type { Job } from "./job.ts";
import { KeyBatches } from "./key_batches.ts";

/** What became of the entries that only the other side had. */
export interface Copied {
  /** How many were deleted. */
  deleted: number;
  /** How many were left where they are. */
  left: number;
}

/**
 * Makes the other side equal to the side `from`, under live writes: copies what that holds, then deletes what only the other
 * side has.
 *
 * Each key is refreshed as one step with no write queued. So the copy is what the key has at that moment, never a stale
 * value, and a key that was deleted meanwhile stays deleted.
 *
 * If the other side was empty, all that it has later comes from `from`: nothing is deleted. Else it holds much already, as after a
 * backfill that was killed: only what differs is written.
 *
 * If both sides keep the order of insertion, the copy gets the order of `from`: each key is made the last one, and the
 * walk goes on to the keys that were added meanwhile.
 *
 * @param deletes Whether entries that only the other side has are deleted; if not, they are counted.
 * @param copied Counts them.
 * @param ready Whether no write is queued.
 * @throws Whatever a side throws: a copy with holes would be no copy.
 */
export async function backfill<K>(
  job: Job,
  pair: Pair<K>,
  from: Side,
  deletes: boolean,
  copied: Copied,
  ready: () => boolean,
): Promise<void> {
  const walk = new BackfillWalk(job, pair, from, deletes, copied);
  if (await job.run(() => walk.begin(), ready, () => walk.step())) job.finish();
}

class BackfillWalk<K> {
  readonly #job: Job;
  readonly #pair: Pair<K>;
  readonly #from: Side;
  readonly #to: Side;
  readonly #deletes: boolean;
  readonly #copied: Copied;
  #batches: KeyBatches<K>;
  /** The keys that were written while they were refreshed. */
  #again: readonly K[] = [];
  #isCopying = true;
  /** Whether the other side was empty at the start. */
  #wasEmpty = false;

  constructor(job: Job, pair: Pair<K>, from: Side, deletes: boolean, copied: Copied) {
    this.#job = job;
    this.#pair = pair;
    this.#from = from;
    this.#to = from === "old" ? "new" : "old";
    this.#deletes = deletes;
    this.#copied = copied;
    const { order } = pair;
    this.#batches = new KeyBatches((order ?? pair).keys(from));
  }

  /** Looks whether the other side is empty, and returns how many keys there are to copy. */
  begin(): Maybe<number> {
    return andThen(this.#pair.isEmpty?.(this.#to) ?? false, (isEmpty) => {
      this.#wasEmpty = isEmpty;
      return andThen(this.#pair.size(this.#from), (size = 0) => size);
    });
  }

  /** Refreshes some keys, and returns whether there is more to do. */
  step(): Maybe<boolean> {
    return andThen(
      this.#again.length > 0 ? this.#again : this.#job.take((size) => this.#batches.next(size), this.#maxKeys),
      (keys) => this.#isCopying ? this.#copy(keys) : this.#removeExtra(keys),
    );
  }

  get #maxKeys(): number {
    const { order, batch } = this.#pair;
    if (!this.#isCopying) return batch.look;
    // Keys that are added after the last batch was taken would stay before the keys in it: in order, a batch has one key.
    return order === undefined ? batch.refresh : 1;
  }

  #copy(keys: readonly K[]): Maybe<boolean> {
    if (keys.length === 0) {
      if (this.#wasEmpty) return false;
      this.#batches = new KeyBatches(this.#pair.keys(this.#to));
      this.#isCopying = false;
      return true;
    }
    return andThen(this.#refresh(keys), (again) => {
      this.#again = again;
      this.#job.done += keys.length - again.length;
      return true;
    });
  }

  #refresh(keys: readonly K[]): Maybe<readonly K[]> {
    const { order } = this.#pair;
    if (order === undefined) return this.#pair.refreshMany(keys, this.#from, !this.#wasEmpty);
    return andThen(order.refreshAsLast(keys[0] as K, this.#from), (isDone) => isDone ? [] : keys);
  }

  /** A key that was written meanwhile is on both sides, or on none. */
  #removeExtra(keys: readonly K[]): Maybe<boolean> {
    if (keys.length === 0) return false;
    return andThen(this.#pair.hasMany(this.#from, keys), (held) => {
      const extra = keys.filter((_, at) => !held[at]);
      if (!this.#deletes) {
        this.#copied.left += extra.length;
        return true;
      }
      if (extra.length === 0) {
        this.#again = [];
        return true;
      }
      return andThen(this.#pair.refreshMany(extra, this.#from, false), (again) => {
        this.#again = again;
        this.#copied.deleted += extra.length - again.length;
        return true;
      });
    });
  }
}
