/**
 * Runs the tests on Deno, Bun and Node, and fails if they did not run the same ones: `npm test`, or
 * `npm test -- tests/src/native_map_test.ts` for some of them.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, globSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import process from "node:process";
import { chromium } from "../tests/chromium.ts";
import { readResults, type TestResult } from "./junit.ts";
import { runtime, version } from "./runtime.mjs";

type Runtime = "deno" | "bun" | "node";

interface Run {
  readonly runtime: Runtime;
  readonly results: readonly TestResult[];
  readonly failures: readonly TestResult[];
}

/** Deno: types are checked by `deno check`. Bun: takes a path for a pattern unless it begins with a dot. */
const commands: Record<Runtime, (junit: string, files: string[]) => string[]> = {
  deno: (
    junit,
    files,
  ) => ["test", "-A", "--no-check", `--junit-path=${junit}`, ...files],
  bun: (
    junit,
    files,
  ) => [
    "test",
    "--reporter=junit",
    `--reporter-outfile=${junit}`,
    ...files.map((f) => `./${f}`),
  ],
  node: (junit, files) => [
    "--test",
    "--test-reporter=junit",
    `--test-reporter-destination=${junit}`,
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    ...files,
  ],
};
const longestRunMs = 10 * 60_000;

process.chdir(new URL("..", import.meta.url).pathname);
const files = process.argv.length > 2 ? process.argv.slice(2) : globSync("tests/**/*_test.ts").sort();
mkdirSync(".artifacts", { recursive: true });
if (!chromium) {
  console.log(
    "Skipping the tests that need a browser: there is no Chromium. Install it, or set CHROMIUM_PATH.",
  );
}

const runs = await runAll(["deno", "bun", "node"]);
const differences = compare(runs);
const failed = differences.length +
  runs.reduce((sum, run) => sum + run.failures.length, 0);
const passed = runs.reduce((sum, run) => sum + count(run, "passed"), 0);
if (differences.length > 0) {
  console.log(
    `\nThe runtimes did not run the same tests:\n  ${differences.join("\n  ")}`,
  );
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** As many at a time as there are processors. */
async function runAll(runtimes: readonly Runtime[]): Promise<Run[]> {
  const waiting = runtimes.map((name) => ({ name, command: runtime(name) }));
  const finished: Run[] = [];
  const lanes = Array.from({ length: availableParallelism() }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      finished.push(await run(next.name, next.command));
    }
  });
  await Promise.all(lanes);
  return finished;
}

async function run(runtime: Runtime, command: string): Promise<Run> {
  const junit = `.artifacts/${runtime}.xml`;
  const log = `.artifacts/${runtime}.log`;
  rmSync(junit, { force: true });
  const start = performance.now();
  const child = spawn(command, commands[runtime](junit, files), {
    env: { ...process.env, NO_COLOR: "1", TWINMAP_RUNTIME: runtime },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: longestRunMs,
  });
  const output = createWriteStream(log);
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const [code] = await once(child, "close");
  output.end();
  await once(output, "finish");

  const results = existsSync(junit) ? readResults(readFileSync(junit, "utf8"), runtime) : [];
  const failures = results.filter(({ outcome }) => outcome === "failed");
  // A module or a hook that throws may fail the run, but no test.
  if (code !== 0 && failures.length === 0) {
    failures.push({
      name: "the run itself",
      outcome: "failed",
      message: readFileSync(log, "utf8").slice(-4_000),
    });
  }
  const finished = { runtime, results, failures };
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  const counts = `${count(finished, "passed")} passed, ${failures.length} failed, ${
    count(finished, "skipped")
  } skipped`;
  console.log(
    `${runtime.padEnd(4)} ${(version(command) ?? "").padEnd(8)} ${counts}, ${seconds} s`,
  );
  for (const { name, message } of failures) {
    console.log(`  failed: ${name}\n    ${message.replaceAll("\n", "\n    ")}`);
  }
  if (failures.length > 0) console.log(`  all of its output: ${log}`);
  return finished;
}

/** One line for each test that was run on some runtimes and not on the others, or not as often. */
function compare(runs: readonly Run[]): string[] {
  const counted = runs.map(({ runtime, results }) => {
    const times = new Map<string, number>();
    for (const { name, outcome } of results) {
      const key = outcome === "skipped" ? `${name} (skipped)` : name;
      times.set(key, (times.get(key) ?? 0) + 1);
    }
    return { runtime, times };
  });
  const names = new Set(counted.flatMap(({ times }) => [...times.keys()]));
  return [...names].flatMap((name) => {
    const all = counted.map(({ runtime, times }) => ({
      runtime,
      times: times.get(name) ?? 0,
    }));
    if (all.every(({ times }) => times === all[0]?.times)) return [];
    return [
      `${name}: ${
        all.map(({ runtime, times }) => `${times} on ${runtime}`).join(
          ", ",
        )
      }`,
    ];
  });
}

function count(run: Run, outcome: TestResult["outcome"]): number {
  return run.results.filter((result) => result.outcome === outcome).length;
}
