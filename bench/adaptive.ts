/**
 * An `AdaptiveMap` that has settled, on each of its loads, beside the best single map for that load:
 * `deno run -A bench/adaptive.ts`, or `bun bench/adaptive.ts`. Ends with 1 if a row falls short.
 *
 * @module
 */
import process from "node:process";
import { do_not_optimize } from "mitata";
import { AdaptiveMap, type ConcurrentMap, IntMap, NativeMap, ReadDirtyMap, ShardedMap } from "../mod.ts";
import { compare, type Contender, median, printHeading } from "./ratio.ts";

type AnyMap = ConcurrentMap<unknown, unknown>;

/** What is done to a map of so many entries, as the body of a loop over its keys, in an order of their own. */
interface Load {
  readonly what: string;
  readonly keys: readonly unknown[];
  readonly body: string;
}

const BATCH = 1_000;
/** So many operations on keys are enough for each of the moves that are to be made. */
const SETTLING = 200_000;
const GET = "sum ^= map.get(keys[i])";
const SET = "map.set(keys[i], i)";

/** Strings as they come in by requests. */
function strings(count: number): string[] {
  return JSON.parse(JSON.stringify(scattered(count).map((number) => `user:${number.toString(16).padStart(8, "0")}`)));
}

/** Whole numbers of 32 bits in no order. */
function scattered(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index * 2654435761 >>> 0);
}

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

/** Puts the keys in, in an order that is not that of the reads. */
function filled<M extends AnyMap>(map: M, keys: readonly unknown[]): M {
  for (let index = keys.length - 1; index >= 0; index--) map.set(keys[index], index);
  return map;
}

/** The `AdaptiveMap` after it had its load for a while. */
async function settled(load: Load): Promise<AdaptiveMap<unknown, unknown>> {
  const map = filled(new AdaptiveMap<unknown, unknown>(), load.keys);
  const { run } = batches(map, load);
  for (let done = 0; done < SETTLING + load.keys.length; done += BATCH) {
    await run();
    await map.settle();
  }
  return map;
}

/** What one operation takes, the shortest of a few tries. */
async function fastestNs(contender: Contender): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    let operations = 0;
    for (; performance.now() - start < 20; operations += contender.operations) await contender.run();
    times.push((performance.now() - start) * 1e6 / operations);
  }
  return median(times);
}

const SINGLES: readonly (() => AnyMap)[] = [
  () => new NativeMap(),
  () => new ReadDirtyMap(),
  () => new ShardedMap(),
  () => new IntMap() as unknown as AnyMap,
];

async function row(load: Load, adaptive: AdaptiveMap<unknown, unknown>): Promise<boolean> {
  const fitting = SINGLES.filter((make) => typeof load.keys[0] === "number" || make().traits.keys === "any");
  const measured: { name: string; contender: Contender; ns: number }[] = [];
  for (const make of fitting) {
    const map = filled(make(), load.keys);
    const contender = batches(map, load);
    await fastestNs(contender);
    measured.push({ name: map[Symbol.toStringTag], contender, ns: await fastestNs(contender) });
  }
  measured.sort((a, b) => a.ns - b.ns);
  const [best] = measured as [typeof measured[0]];
  const all = measured.map(({ name, ns }) => `${name} ${ns.toFixed(0)}`).join(", ");
  const against = `${best.name}, the best of ${all}`;
  const what = `${load.what}: ${adaptive.state} after ${adaptive.moves.length} moves`;
  return await compare({ what, against, atMost: 1.3 }, batches(adaptive, load), best.contender);
}

const small = strings(1_000);
const large = strings(100_000);
const million = strings(1_000_000);
const numbers = scattered(1_000_000);
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
const maps: AdaptiveMap<unknown, unknown>[] = [];
for (const load of loads) maps.push(await settled(load));
const outcomes: boolean[] = [];
for (const [at, load] of loads.entries()) outcomes.push(await row(load, maps[at] as AdaptiveMap<unknown, unknown>));
process.exit(outcomes.every(Boolean) ? 0 : 1);
