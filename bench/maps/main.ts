/**
 * Measures maps against each other on Deno, Bun and Node: `deno task bench:maps`. Writes the results to
 * `bench/results/`, with a page of figures, and the table in the README. Prints the claims, and exits with 1 if one
 * does not hold. With `deno task bench:maps --only IntMap,node` it measures only some contenders, `claims`, or
 * runtimes, and leaves the rest as it was. All of it takes about twenty minutes.
 *
 * @module
 */
import { mkdirSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runtime as commandOf } from "../../tools/runtime/runtime.mjs";
import { growthOutcomes, printOutcomes } from "./claims.ts";
import { measureRuntime } from "./measure_runtime.ts";
import { FULL, PARTS, partsOf } from "./plan.ts";
import { publish } from "./publish.ts";
import { mergeResults, readResults, type RuntimeName, RUNTIMES, writeResults } from "./results.ts";
import { printHeading } from "../lib/ratio.ts";

const folder = fileURLToPath(new URL("../results", import.meta.url));
const { values } = parseArgs({ options: { only: { type: "string" } } });
const only = values.only?.split(",") ?? [];
const isRuntime = (name: string): name is RuntimeName => RUNTIMES.includes(name as RuntimeName);
const unknown = only.filter((name) => !PARTS.includes(name) && !isRuntime(name));
if (unknown.length > 0) {
  console.error(`--only takes names out of ${[...RUNTIMES, ...PARTS].join(", ")}, with commas: received ${unknown}`);
  process.exit(2);
}

const runtimes = only.some(isRuntime) ? only.filter(isRuntime) : RUNTIMES;
const names = only.filter((name) => !isRuntime(name));
const parts = partsOf(FULL, names.length > 0 ? names : PARTS);
mkdirSync(folder, { recursive: true });
const verdicts = runtimes.map((runtime) => {
  const measured = measureRuntime(runtime, commandOf(runtime), parts);
  const merged = mergeResults(readResults(folder, runtime), measured);
  const results = mergeResults(merged, { ...merged, outcomes: growthOutcomes(merged.growths, runtime) });
  writeResults(folder, runtime, results);
  const { runtime: version, engine, cpu, cores } = results.origin;
  console.log(`\n${version} (${engine}), ${cpu}, ${cores} cores`);
  printHeading();
  return printOutcomes(results);
});
publish(folder, fileURLToPath(new URL("../../README.md", import.meta.url)));
process.exit(verdicts.every(Boolean) ? 0 : 1);
