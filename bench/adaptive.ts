/**
 * An `AdaptiveMap` that has settled, on each of its loads, beside the best single map for that load:
 * `deno task bench:adaptive`, or `bun bench/adaptive.ts`. Ends with 1 if a row falls short. With the number of a row, 0 and
 * up, it measures that one alone: as in a service with one such map, whose code is then compiled for fewer maps.
 *
 * @module
 */
import process from "node:process";
import { do_not_optimize } from "mitata";
import { AdaptiveMap, type ConcurrentMap, IntMap, NativeMap, ReadDirtyMap, ShardedMap } from "../mod.ts";
import { type Keys, makeKeys, spreadKeys } from "./maps/keys.ts";
import { compare, type Contender, median, printHeading } from "./ratio.ts";

type AnyMap = ConcurrentMap<unknown, unknown>;

/** What is done to a map, as the body of a loop over its keys, in an order that is not that in which they came in. */
interface Load {
  readonly what: string;
  readonly keys: Keys;
  readonly body: string;
}

const BATCH = 1_000;
/** So many operations on keys are enough for each of the moves that are to be made. */
const SETTLING = 600_000;
const GET = "sum ^= map.get(keys[i])";
const SET = "map.set(keys[i], i)";

let loops = 0;

/** A loop whose code belongs to one contender alone; two with the same source would be one to V8. */
function batches(map: AnyMap, { keys, body }: Load): Contender {
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

/** The maps that take the load's keys, and an `AdaptiveMap` after it had the load for a while. */
interface Contenders {
  readonly load: Load;
  readonly singles: readonly AnyMap[];
  readonly adaptive: AdaptiveMap<unknown, unknown>;
}

/** Fills all maps by turns, since where a map lies in memory is worth as much as what is measured. */
async function settled(load: Load): Promise<Contenders> {
  const { keys } = load;
  const singles: AnyMap[] = [new NativeMap(), new ReadDirtyMap(), new ShardedMap()];
  if (typeof keys[0] === "number") singles.push(new IntMap() as unknown as AnyMap);
  const adaptive = new AdaptiveMap<unknown, unknown>();
  for (const [index, key] of spreadKeys(keys, keys.length, keys.length).entries()) {
    for (const map of [...singles, adaptive]) map.set(key, index);
  }
  const { run } = batches(adaptive, load);
  for (let done = 0; done < SETTLING + keys.length; done += BATCH) {
    await run();
    await adaptive.settle();
  }
  return { load, singles, adaptive };
}

/** What one operation takes, the middle of a few tries. */
async function operationNs(contender: Contender): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    let operations = 0;
    for (; performance.now() - start < 20; operations += contender.operations) await contender.run();
    times.push((performance.now() - start) * 1e6 / operations);
  }
  return median(times);
}

async function row({ load, singles, adaptive }: Contenders): Promise<boolean> {
  const measured: { name: string; contender: Contender; ns: number }[] = [];
  for (const map of singles) {
    const contender = batches(map, load);
    await operationNs(contender);
    measured.push({ name: map[Symbol.toStringTag], contender, ns: await operationNs(contender) });
  }
  measured.sort((a, b) => a.ns - b.ns);
  const [best] = measured as [typeof measured[0]];
  const all = measured.map(({ name, ns }) => `${name} ${ns.toFixed(0)}`).join(", ");
  const against = `${best.name}, the best of ${all}`;
  const what = `${load.what}: ${adaptive.state} after ${adaptive.moves.length} moves`;
  return await compare({ what, against, atMost: 1.3 }, batches(adaptive, load), best.contender);
}

const small = makeKeys("strings", 1_000);
const large = makeKeys("strings", 100_000);
const million = makeKeys("strings", 1_000_000);
const numbers = makeKeys("whole numbers", 1_000_000);
const loads: readonly Load[] = [
  { what: "get, 1,000 strings", keys: small, body: GET },
  { what: "get, 100,000 strings", keys: large, body: GET },
  { what: "9 get to a set, 100,000 strings", keys: large, body: `if (i % 10) ${GET}; else ${SET}` },
  { what: "set, 100,000 strings", keys: large, body: SET },
  { what: "delete and set again, 1,000 strings", keys: small, body: `map.delete(keys[i]); ${SET}` },
  {
    what: "get, delete and set again, 1,000 strings",
    keys: small,
    body: `${GET}; map.delete(keys[i]); ${SET}`,
  },
  { what: "get, 1,000,000 strings", keys: million, body: GET },
  { what: "get, 1,000,000 whole numbers", keys: numbers, body: GET },
  { what: "set, 1,000,000 whole numbers", keys: numbers, body: SET },
];

const runtime = "Deno" in globalThis ? "Deno" : "Bun" in globalThis ? "Bun" : "Node";
console.log(`${runtime}; a time is that of one run of the load's body\n`);
printHeading();

/** All of them before the first is measured: their code is then compiled for every map that it can be, as in a service. */
const contenders: Contenders[] = [];
const [only] = process.argv.slice(2);
for (const load of only === undefined ? loads : loads.slice(Number(only), Number(only) + 1)) {
  contenders.push(await settled(load));
}
const outcomes: boolean[] = [];
for (const each of contenders) outcomes.push(await row(each));
process.exit(outcomes.every(Boolean) ? 0 : 1);
