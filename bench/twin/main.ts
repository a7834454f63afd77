/**
 * Measures what a twin costs, against the least code that could do its work and the nearest peers, in one run:
 * `deno task bench`, or `bun bench/twin/main.ts`. Exits with 1 if a claim does not hold.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { setImmediate } from "node:timers";
import { do_not_optimize } from "mitata";
import { type Stage, twin, type TwinMap } from "../../mod.ts";
import { ownLoop } from "../lib/batches.ts";
import { filledMap, KEY_COUNT, shuffledKeys } from "../lib/keys.ts";
import { BothMaps, DelegatingMap, launchDarklyRead, tzientistRead } from "./peers.ts";
import { compare, type Contender, printHeading } from "../lib/ratio.ts";
import { measureSweep } from "./sweep.ts";

/** Operations between two turns of the event loop. */
const BATCH = 1_000;

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Loops over the keys, a batch at a time. The measured time includes the comparisons that fall due. */
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

/** Awaits one read after the other. */
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

/** Returns a twin of the two maps, moved to `stage`. */
async function twinAt(
  stage: Stage,
  sample: number,
  oldMap: Map<string, number>,
  newMap: Map<string, number>,
): Promise<TwinMap<string, number>> {
  const users = twin(oldMap, newMap, { sample });
  for (const next of STAGES.slice(0, STAGES.indexOf(stage) + 1)) {
    if (next === "live") await users.sweep();
    const force = "a bench";
    users.stage(next, next === "live" ? { percent: 100, force } : { force });
    if (next === "dualwrite") await users.backfill();
  }
  return users;
}

const runtime = "Deno" in globalThis ? "Deno" : "Bun" in globalThis ? "Bun" : "Node";

const delegates = "a class that delegates";
const setsBoth = "a class that sets both maps";

/**
 * Each row runs in a process of its own, like a service with one twin: an engine that had seen the other rows would
 * compile the code for them too.
 */
const ROWS: readonly ((oldMap: Map<string, number>, newMap: Map<string, number>) => Promise<boolean>)[] = [
  async (oldMap, newMap) =>
    await compare(
      { what: "get at shadow, sample 1/64", against: delegates, atMost: 1.3 },
      reads(await twinAt("shadow", 1 / 64, oldMap, newMap)),
      reads(new DelegatingMap(oldMap)),
    ),
  async (oldMap, newMap) =>
    await compare(
      { what: "set at shadow, inline, sample 1/64", against: setsBoth, atMost: 1.4 },
      writes(await twinAt("shadow", 1 / 64, oldMap, newMap)),
      writes(new BothMaps(oldMap, newMap)),
    ),
  async (oldMap, newMap) =>
    await compare(
      { what: "set at shadow, inline, sample 1", against: setsBoth },
      writes(await twinAt("shadow", 1, oldMap, newMap)),
      writes(new BothMaps(oldMap, newMap)),
    ),
  async (oldMap, newMap) =>
    await compare(
      { what: "get at off", against: delegates, atMost: 1.15 },
      reads(await twinAt("off", 1, oldMap, newMap)),
      reads(new DelegatingMap(oldMap)),
    ),
  async (oldMap, newMap) =>
    await compare(
      { what: "get at complete", against: delegates, atMost: 1.15 },
      reads(await twinAt("complete", 1, oldMap, newMap)),
      reads(new DelegatingMap(newMap)),
    ),
  async (oldMap, newMap) => {
    let diffs = 0;
    const holds = await compare(
      { what: "get compared at 100 %", against: "tzientist", timesFaster: 8 },
      reads(await twinAt("shadow", 1, oldMap, newMap)),
      reads({ get: tzientistRead(oldMap, newMap, () => diffs++) }),
    );
    do_not_optimize(diffs);
    return holds;
  },
  async (oldMap, newMap) => {
    const launchDarkly = await launchDarklyRead(oldMap, newMap);
    const faster = runtime === "Bun" ? 40 : 80;
    const holds = await compare(
      { what: "get at shadow, sample 1/64", against: "LaunchDarkly's migration", timesFaster: faster },
      reads(await twinAt("shadow", 1 / 64, oldMap, newMap)),
      awaitedReads(launchDarkly.read),
    );
    launchDarkly.close();
    return holds;
  },
  () => measureSweep({ what: "sweep of 1,000,000 keys", against: "a loop that compares", atMost: 3 }),
];

const row = ROWS[Number(process.argv[2] ?? NaN)];
if (row !== undefined) {
  // Both contenders use the same maps: the place of a map in memory affects its speed more than the difference that is
  // measured.
  process.exit(await row(filledMap(), filledMap()) ? 0 : 1);
}

console.log(`${runtime}, ${KEY_COUNT.toLocaleString("en")} string keys; a time is that of one operation\n`);
printHeading();
const here = [...(runtime === "Deno" ? ["run", "-A"] : []), fileURLToPath(import.meta.url)];
const statuses = ROWS.map((_, row) =>
  spawnSync(process.execPath, [...here, `${row}`, ...process.argv.slice(2)], { stdio: "inherit" }).status
);
process.exit(statuses.every((status) => status === 0) ? 0 : 1);
