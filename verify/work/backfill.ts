import { andThen, type Maybe, type Pair } from "../pair/pair.ts";
import type { Side } from "../stages/stage.ts";
import type { Job } from "./job.ts";
import { KeyBatches } from "./key_batches.ts";

/**
 * Copies what the side `from` holds to the other side, under live writes.
 *
 * Each key is refreshed as one step with no write queued. So the copy is what the key has at that moment, never a stale
 * value, and a key that was deleted meanwhile stays deleted. What the other side holds beyond that stays.
 *
 * If both sides keep the order of insertion, the copy gets the order of `from`: each key is made the last one, and the
 * walk goes on to the keys that were added meanwhile.
 *
 * @param ready Whether no write is queued.
 * @throws Whatever a side throws: a copy with holes would be no copy.
 */
export async function backfill<K>(job: Job, pair: Pair<K>, from: Side, ready: () => boolean): Promise<void> {
  const { order } = pair;
  // Keys that are added after the last batch was taken would stay before the keys in it: in order, a batch has one key.
  const batches = order === undefined
    ? new KeyBatches(pair.keys(from), pair.batch.refresh)
    : new KeyBatches(order.keys(from), 1);
  let again: readonly K[] = [];
  const refresh = (keys: readonly K[]): Maybe<readonly K[]> =>
    order === undefined
      ? pair.refreshMany(keys, from)
      : andThen(order.refreshAsLast(keys[0] as K, from), (isDone) => isDone ? [] : keys);
  const step = (): Maybe<boolean> =>
    andThen(again.length > 0 ? again : batches.next(), (keys) => {
      if (keys.length === 0) return false;
      return andThen(refresh(keys), (left) => {
        again = left;
        job.done += keys.length - left.length;
        return true;
      });
    });
  const total = () => andThen(pair.size(from), (size = 0) => size);
  if (await job.run(total, ready, step)) job.finish();
}
