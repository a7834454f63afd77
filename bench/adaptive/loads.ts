/** Measures a settled `AdaptiveMap` under each of its loads, against the best single map for that load. */
import { do_not_optimize } from "mitata";
import { AdaptiveMap, type ConcurrentMap, IntMap, NativeMap, ReadDirtyMap, ShardedMap } from "../../mod.ts";
import { type Contender as Measured, isQuick, median } from "../lib/ratio.ts";
import { type KeyKind, type Keys, makeKeys, spreadKeys } from "../maps/keys.ts";

type AnyMap = ConcurrentMap<unknown, unknown>;

/** A load: the body of a loop over the keys of a map, in an order unrelated to the order of insertion. */
export interface AdaptiveLoad {
  readonly what: string;
  readonly keyKind: KeyKind;
  readonly entries: number;
  readonly body: string;
}

const GET = "sum ^= map.get(keys[i])";
const SET = "map.set(keys[i], i)";
const MILLION = 1_000_000;

export const ADAPTIVE_LOADS: readonly AdaptiveLoad[] = [
  { what: "get, 1,000 strings", keyKind: "strings", entries: 1_000, body: GET },
  { what: "get, 100,000 strings", keyKind: "strings", entries: 100_000, body: GET },
  {
    what: "9 get to a set, 100,000 strings",
    keyKind: "strings",
    entries: 100_000,
    body: `if (i % 10) ${GET}; else ${SET}`,
  },
  { what: "set, 100,000 strings", keyKind: "strings", entries: 100_000, body: SET },
  {
    what: "delete and set again, 1,000 strings",
    keyKind: "strings",
    entries: 1_000,
    body: `map.delete(keys[i]); ${SET}`,
  },
  {
    what: "get, delete and set again, 1,000 strings",
    keyKind: "strings",
    entries: 1_000,
    body: `${GET}; map.delete(keys[i]); ${SET}`,
  },
  { what: "get, 1,000,000 strings", keyKind: "strings", entries: MILLION, body: GET },
  { what: "get, 1,000,000 whole numbers", keyKind: "whole numbers", entries: MILLION, body: GET },
  { what: "set, 1,000,000 whole numbers", keyKind: "whole numbers", entries: MILLION, body: SET },
];

/** How often a load's body runs between two readings of the clock. One run counts as one operation. */
const BATCH = 1_000;
/** Enough operations for every move to be made. */
const SETTLING = isQuick ? 10_000 : 600_000;

/** The maps that take a load's keys, and an `AdaptiveMap` that has had the load for a while. */
export interface Settled {
  readonly keys: Keys;
  readonly body: string;
  readonly adaptive: AdaptiveMap<unknown, unknown>;
  readonly singles: readonly AnyMap[];
}

/** Fills all maps by turns, because the place of a map in memory affects its speed. */
export async function settled({ keyKind, entries, body }: AdaptiveLoad): Promise<Settled> {
  const keys = makeKeys(keyKind, entries);
  const singles: AnyMap[] = [new NativeMap(), new ReadDirtyMap(), new ShardedMap()];
  if (keyKind === "whole numbers") singles.push(new IntMap() as unknown as AnyMap);
  const adaptive = new AdaptiveMap<unknown, unknown>();
  for (const [index, key] of spreadKeys(keys, entries, entries).entries()) {
    for (const map of [...singles, adaptive]) map.set(key, index);
  }
  const { run } = batches(adaptive, keys, body);
  for (let done = 0; done < SETTLING + entries; done += BATCH) {
    await run();
    await adaptive.settle();
  }
  return { keys, body, adaptive, singles };
}

/** Returns the `AdaptiveMap`, and the fastest of the single maps. */
export async function besideBest(
  { keys, body, adaptive, singles }: Settled,
): Promise<{ ours: Measured; theirs: Measured; best: string }> {
  const tried: { name: string; measured: Measured; ns: number }[] = [];
  for (const map of singles) {
    const measured = batches(map, keys, body);
    await operationNs(measured);
    tried.push({ name: map[Symbol.toStringTag], measured, ns: await operationNs(measured) });
  }
  const best = fastest(tried);
  return { ours: batches(adaptive, keys, body), theirs: best.measured, best: best.name };
}

/** Returns the one with the least time. */
export function fastest<T extends { readonly ns: number }>(tried: readonly T[]): T {
  return tried.toSorted((a, b) => a.ns - b.ns)[0] as T;
}

let loops = 0;

/** Compiles a loop for one map alone. V8 shares code between equal sources, so each loop has a number. */
function batches(map: AnyMap, keys: Keys, body: string): Measured {
  const code = `/* ${++loops} */ let sum = 0; for (let i = from; i < to; i++) { ${body} } return sum;`;
  const loop = new Function("map", "keys", "from", "to", code);
  let at = 0;
  return {
    operations: BATCH,
    run: () => {
      do_not_optimize(loop(map, keys, at, at + BATCH));
      at = (at + BATCH) % keys.length;
      return Promise.resolve();
    },
  };
}

/** Measures one run of a load's body: the median of a few tries. */
async function operationNs({ run, operations }: Measured): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const startMs = performance.now();
    let done = 0;
    for (; performance.now() - startMs < 20; done += operations) await run();
    times.push((performance.now() - startMs) * 1e6 / done);
  }
  return median(times);
}
