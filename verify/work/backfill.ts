import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { readerOf } from "../pair/eviction.ts";
import { keysOf } from "../pair/walk.ts";
import type { Work } from "./job.ts";

/**
 * Copies what `from` holds to `to`, under live writes.
 *
 * Each entry is read and written within one synchronous step, with no write queued: so the copy is what the key has at
 * that moment, never a stale one, and a key that was deleted meanwhile stays deleted. What `to` holds beyond that stays.
 *
 * Where both keep the order of insertion, the copy has the order of `from`: a key that `to` has already, since it was
 * written meanwhile, moves behind those that were copied, and the walk goes on to the keys that were added meanwhile.
 *
 * @param ready Whether no write is queued.
 * @param onCopy Told of each key that is going to be written to `to`.
 * @returns Whether it came to its end.
 * @throws Whatever `from` or `to` throws: a copy with holes would be no copy.
 */
export async function backfill<K, V>(
  work: Work,
  from: ConcurrentMap<K, V>,
  to: ConcurrentMap<K, V>,
  ready: () => boolean,
  onCopy: (key: K) => void,
): Promise<void> {
  const isOrdered = from.traits.order === "insertion" && to.traits.order === "insertion";
  const keys = isOrdered ? from.keys() : keysOf(from);
  const reader = readerOf(from);
  const finished = await work.run(() => from.size, ready, () => {
    const { done, value: key } = keys.next();
    if (done) return false;
    const value = reader.get(key);
    if (value !== undefined || reader.has(key)) {
      onCopy(key);
      if (isOrdered) to.delete(key);
      to.set(key, value as V);
    }
    work.done++;
    return true;
  });
  if (finished) work.finish();
}
