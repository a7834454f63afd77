/**
 * Runs the tests on Deno, Bun and Node, and fails if they did not run the same ones: `npm test`, or
 * `npm test -- tests/src/native/native_map_test.ts` for some of them.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, globSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { chromium } from "../../tests/chromium.ts";
import { readResults, type TestResult } from "./junit.ts";
import { runtime as commandOf, version } from "../runtime/runtime.mjs";
import { differences, type Run } from "./same_tests.ts";

type Runtime = "deno" | "bun" | "node";

interface FinishedRun extends Run {
  /** Whether it failed without a test that failed: a module or a hook threw. */
  readonly isBroken: boolean;
}

const longestRunMs = 10 * 60_000;

process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
const files = process.argv.length > 2 ? process.argv.slice(2) : globSync("tests/**/*_test.ts").sort();
mkdirSync(".artifacts", { recursive: true });
if (!chromium) console.log("Without Chromium the tests that need a browser are skipped: see tests/chromium.ts");

const runs = await runAll(["deno", "bun", "node"]);
const different = differences(runs);
if (different.length > 0) console.log(`\nThe runtimes did not run the same tests:\n  ${different.join("\n  ")}`);
const passed = runs.reduce((sum, run) => sum + count(run.results, "passed"), 0);
const failed = runs.reduce((sum, run) => sum + count(run.results, "failed") + (run.isBroken ? 1 : 0), different.length);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** As many at a time as there are processors. */
async function runAll(runtimes: readonly Runtime[]): Promise<FinishedRun[]> {
  const waiting = runtimes.map((runtime) => ({ runtime, command: commandOf(runtime) }));
  const finished: FinishedRun[] = [];
  const lanes = Array.from({ length: availableParallelism() }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) finished.push(await run(next.runtime, next.command));
  });
  await Promise.all(lanes);
  return finished.sort((a, b) => a.runtime < b.runtime ? -1 : 1);
}

async function run(runtime: Runtime, command: string): Promise<FinishedRun> {
  const junit = `.artifacts/${runtime}.xml`;
  const log = `.artifacts/${runtime}.log`;
  const startMs = performance.now();
  rmSync(junit, { force: true });
  const isClean = await isSuccess(command, testArguments(runtime, junit), runtime, log);
  const results = existsSync(junit) ? readResults(readFileSync(junit, "utf8"), runtime) : [];
  const isBroken = !isClean && count(results, "failed") === 0;
  const counts = (["passed", "failed", "skipped"] as const).map((outcome) => `${count(results, outcome)} ${outcome}`);
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  console.log(`${runtime.padEnd(4)} ${(version(command) ?? "").padEnd(8)} ${counts.join(", ")} in ${seconds} s`);
  for (const { name, message } of results.filter(({ outcome }) => outcome === "failed")) {
    console.log(`  ${name}\n    ${message.replaceAll("\n", "\n    ")}`);
  }
  if (isBroken) console.log(`  failed outside of its tests:\n${readFileSync(log, "utf8").slice(-4_000)}`);
  if (!isClean) console.log(`  all it printed: ${log}`);
  return { runtime, results, isBroken };
}

/** Types are left to `deno check`. Bun takes a path for a pattern unless it begins with a dot. */
function testArguments(runtime: Runtime, junit: string): string[] {
  if (runtime === "deno") return ["test", "-A", "--no-check", `--junit-path=${junit}`, ...files];
  if (runtime === "bun") {
    return ["test", "--reporter=junit", `--reporter-outfile=${junit}`, ...files.map((file) => `./${file}`)];
  }
  const toFile = ["--test-reporter=junit", `--test-reporter-destination=${junit}`];
  return ["--test", ...toFile, "--test-reporter=spec", "--test-reporter-destination=stdout", ...files];
}

async function isSuccess(command: string, args: string[], runtime: Runtime, log: string): Promise<boolean> {
  const output = createWriteStream(log);
  await once(output, "open");
  const child = spawn(command, args, {
    env: { ...process.env, NO_COLOR: "1", TWINMAP_RUNTIME: runtime },
    stdio: ["ignore", output, output],
    timeout: longestRunMs,
  });
  const [code] = await once(child, "exit");
  output.close();
  return code === 0;
}

function count(results: readonly TestResult[], outcome: TestResult["outcome"]): number {
  return results.filter((result) => result.outcome === outcome).length;
}
