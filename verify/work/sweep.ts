import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import type { Clock } from "../../src/clock.ts";
import type { Comparer } from "../compare/comparisons.ts";
import { SETTLE_MS } from "../pair/key_versions.ts";
import { nextTurn } from "./slices.ts";
import type { SweepTally } from "../compare/suspect.ts";
import { keysOf } from "../pair/walk.ts";
import type { Work } from "./job.ts";

/**
 * Compares all keys, in both directions: those of the old map first, then those that only the new one has. Where the
 * comparer has no room for another suspect, the sweep waits rather than drop a comparison.
 *
 * @param ready Whether no write is queued.
 */
export async function sweep<K, V>(
  work: Work,
  oldMap: ConcurrentMap<K, V>,
  newMap: ConcurrentMap<K, V>,
  comparer: Comparer<K, V>,
  tally: SweepTally,
  ready: () => boolean,
  clock: Clock,
): Promise<void> {
  const oldKeys = keysOf(oldMap);
  const newKeys = keysOf(newMap);
  let inOld = true;
  const finished = await work.run(() => oldMap.size + newMap.size, () => ready() && !comparer.isFull, () => {
    const next = (inOld ? oldKeys : newKeys).next();
    if (next.done) {
      if (!inOld) return false;
      inOld = false;
      return true;
    }
    if (inOld || !oldMap.has(next.value)) comparer.compareNow(next.value, tally);
    work.done++;
    return true;
  });
  if (!finished) return;
  while (tally.suspects > 0 && work.isUnderWay) await nextTurn(clock, SETTLE_MS);
  work.finish();
}
