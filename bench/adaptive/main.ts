/**
 * Measures an `AdaptiveMap` under each of its loads, like `bench/maps/main.ts`, but all in one process, where the code
 * is compiled for every kind of map: `deno task bench:adaptive`, or `bun bench/adaptive/main.ts`. It checks no claims.
 *
 * @module
 */
import { ADAPTIVE_LOADS, besideBest, settled } from "./loads.ts";
import { compare, isQuick, printHeading } from "../lib/ratio.ts";

printHeading();
const loads = isQuick ? ADAPTIVE_LOADS.filter(({ entries }) => entries === 1_000) : ADAPTIVE_LOADS;
const all = [];
for (const load of loads) all.push({ load, maps: await settled(load) });
for (const { load, maps } of all) {
  const { ours, theirs, best } = await besideBest(maps);
  await compare({ what: `${load.what}: ${maps.adaptive.state}`, against: best }, ours, theirs);
}
