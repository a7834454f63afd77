/**
 * What a twin costs, beside the least that could do its work and the peers that come nearest, in one run:
 * `deno task bench`, or `bun bench/twin.ts`. Ends with 1 if a row falls short.
 *
 * @module
 */
import process from "node:process";
import { setImmediate } from "node:timers";
import { do_not_optimize } from "mitata";
import { type Stage, twin, type TwinMap } from "../mod.ts";
import { filledMap, KEY_COUNT, shuffledKeys } from "./keys.ts";
import { BothMaps, DelegatingMap, launchDarklyRead, tzientistRead } from "./peers.ts";
import { type Claim, compare, type Contender, printHeading } from "./ratio.ts";
import { measureSweep } from "./sweep.ts";

/** Operations between two turns of the event loop. */
const BATCH = 1_000;

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

let loops = 0;

/**
 * A loop whose code belongs to one contender alone, so that none is compiled for the classes of all the others. Two loops with
 * the same source are one to V8, so each has a number.
 */
function ownLoop(body: string): (map: unknown, keys: readonly string[], from: number, to: number) => number {
  const code = `/* ${++loops} */ let sum = 0; for (let i = from; i < to; i++) ${body}; return sum;`;
  return new Function("map", "keys", "from", "to", code) as ReturnType<typeof ownLoop>;
}

/** Goes over the keys, a batch at a time. The comparisons that fall due are made within the time that is taken. */
function batches(map: unknown, body: string): Contender {
  const loop = ownLoop(body);
  let at = 0;
  return {
    operations: BATCH,
    run: async () => {
      do_not_optimize(loop(map, shuffledKeys, at, at + BATCH));
      at = (at + BATCH) % KEY_COUNT;
      await turn();
    },
  };
}

const reads = (map: { get(key: string): number | undefined }): Contender => batches(map, "sum ^= map.get(keys[i])");
const writes = (map: { set(key: string, value: number): unknown }): Contender => batches(map, "map.set(keys[i], i)");

/** Reads one after the other, each awaited. */
function awaitedReads(read: (key: string) => Promise<number | undefined>): Contender {
  let at = 0;
  let sum = 0;
  return {
    operations: BATCH,
    run: async () => {
      for (let i = 0; i < BATCH; i++) sum ^= (await read(shuffledKeys[at + i] as string)) as number;
      at = (at + BATCH) % KEY_COUNT;
      do_not_optimize(sum);
    },
  };
}

const STAGES: readonly Stage[] = ["dualwrite", "shadow", "live", "rampdown", "complete"];

/** A twin of two maps, moved up to `stage`. */
async function twinAt(stage: Stage, sample: number): Promise<TwinMap<string, number>> {
  const users = twin(oldMap, newMap, { sample });
  for (const next of STAGES.slice(0, STAGES.indexOf(stage) + 1)) {
    if (next === "live") await users.sweep();
    users.stage(next);
    if (next === "dualwrite") await users.backfill();
  }
  return users;
}

const runtime = "Deno" in globalThis ? "Deno" : "Bun" in globalThis ? "Bun" : "Node";
console.log(`${runtime}, ${KEY_COUNT.toLocaleString("en")} string keys; a time is that of one operation\n`);
printHeading();

/** All contenders work on the same two maps, since where a map lies in memory is worth more than what is measured. */
const oldMap = filledMap();
const newMap = filledMap();
const outcomes: boolean[] = [];
const row = async (claim: Claim, ours: Contender, theirs: Contender): Promise<void> => {
  outcomes.push(await compare(claim, ours, theirs));
};

const delegates = "a class that delegates";
const setsBoth = "a class that sets both maps";
await row(
  { what: "get at shadow, sample 1/64", against: delegates, atMost: 1.3 },
  reads(await twinAt("shadow", 1 / 64)),
  reads(new DelegatingMap(oldMap)),
);
await row(
  { what: "set at shadow, inline, sample 1/64", against: setsBoth, atMost: 1.4 },
  writes(await twinAt("shadow", 1 / 64)),
  writes(new BothMaps(oldMap, newMap)),
);
await row(
  { what: "set at shadow, inline, sample 1", against: setsBoth },
  writes(await twinAt("shadow", 1)),
  writes(new BothMaps(oldMap, newMap)),
);
await row(
  { what: "get at off", against: delegates, atMost: 1.15 },
  reads(await twinAt("off", 1)),
  reads(new DelegatingMap(oldMap)),
);
await row(
  { what: "get at complete", against: delegates, atMost: 1.15 },
  reads(await twinAt("complete", 1)),
  reads(new DelegatingMap(newMap)),
);

let diffs = 0;
await row(
  { what: "get compared at 100 %", against: "tzientist", timesFaster: 8 },
  reads(await twinAt("shadow", 1)),
  reads({ get: tzientistRead(oldMap, newMap, () => diffs++) }),
);
do_not_optimize(diffs);

const launchDarkly = await launchDarklyRead(oldMap, newMap);
const faster = runtime === "Bun" ? 40 : 80;
await row(
  { what: "get at shadow, sample 1/64", against: "LaunchDarkly's migration", timesFaster: faster },
  reads(await twinAt("shadow", 1 / 64)),
  awaitedReads(launchDarkly.read),
);
launchDarkly.close();

outcomes.push(await measureSweep({ what: "sweep of 1,000,000 keys", against: "a loop that compares", atMost: 3 }));

process.exit(outcomes.every(Boolean) ? 0 : 1);
