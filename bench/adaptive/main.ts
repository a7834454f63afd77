/**
 * An `AdaptiveMap` on each of its loads, as in `bench/maps/main.ts`, but all of them in one process: their code is then compiled
 * for every map that they can be. `deno task bench:adaptive`, or `bun bench/adaptive/main.ts`. Nothing is claimed.
 *
 * @module
 */
import { ADAPTIVE_LOADS, besideBest, settled } from "./loads.ts";
import { compare, printHeading } from "../lib/ratio.ts";

printHeading();
const all = [];
for (const load of ADAPTIVE_LOADS) all.push({ load, maps: await settled(load) });
for (const { load, maps } of all) {
  const { ours, theirs, best } = await besideBest(maps);
  await compare({ what: `${load.what}: ${maps.adaptive.state}`, against: best }, ours, theirs);
}
