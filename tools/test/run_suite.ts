/** Runs a suite, one or several test files, on one runtime, in a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import process from "node:process";
import { readResults, type TestResult } from "./junit.ts";

export const RUNTIMES = ["deno", "bun", "node"] as const;
export type Runtime = typeof RUNTIMES[number];

/** How a suite ended on one runtime. */
export interface SuiteRun {
  readonly runtime: Runtime;
  /** Its name: the folder of its files, or its only file. */
  readonly suite: string;
  readonly results: readonly TestResult[];
  readonly seconds: number;
  /** A failure outside of the tests: a module or a hook threw, or the process did not end. */
  readonly problem?: string;
}

const LONGEST_RUN_MS = 6 * 60_000;
const LOG_TAIL = 4_000;

/** With a cache, Node strips the types of a module once, and not again in each process that a test starts. */
function environment(runtime: Runtime, artifacts: string): Record<string, string> {
  return runtime === "node" ? { NODE_COMPILE_CACHE: resolve(artifacts, "node/compiled") } : {};
}

/** Runs the `files` of `suite` with the runtime that `command` starts. What they print is kept in `artifacts`. */
export async function runSuite(
  runtime: Runtime,
  command: string,
  suite: string,
  files: readonly string[],
  artifacts: string,
): Promise<SuiteRun> {
  const output = `${artifacts}/${runtime}/${suite}`;
  const [junit, log, entry] = [`${output}.xml`, `${output}.log`, `${output}.ts`];
  mkdirSync(dirname(output), { recursive: true });
  if (runtime === "deno") writeFileSync(entry, importing(files, dirname(entry)));
  const startMs = performance.now();
  const printed = openSync(log, "w");
  const child = spawn(command, testArguments(runtime, junit, runtime === "deno" ? [entry] : files), {
    env: { ...process.env, ...environment(runtime, artifacts), NO_COLOR: "1", TWINMAP_RUNTIME: runtime },
    stdio: ["ignore", printed, printed],
    timeout: LONGEST_RUN_MS,
  });
  const [code, signal] = await once(child, "exit");
  closeSync(printed);
  const seconds = (performance.now() - startMs) / 1_000;
  const results = existsSync(junit) ? readResults(readFileSync(junit, "utf8"), runtime) : [];
  const run = { runtime, suite, results, seconds };
  if (code === 0 || results.some(({ outcome }) => outcome === "failed")) return run;
  const how = signal === null ? `ended with ${code}` : `was ended by ${signal} after ${seconds.toFixed(0)} s`;
  return { ...run, problem: `${how}, and no test failed:\n${readFileSync(log, "utf8").slice(-LOG_TAIL)}` };
}

/**
 * A module that imports the files. Deno tests each file that it is given in an isolate of its own, and loads there again
 * all that the file imports. Given this module, it loads everything once, as the other runtimes do.
 */
function importing(files: readonly string[], folder: string): string {
  return files.map((file) => `import "${relative(folder, file)}";\n`).join("");
}

/** Types are left to `deno check`. Bun takes a path for a pattern unless it begins with a dot. */
function testArguments(runtime: Runtime, junit: string, files: readonly string[]): string[] {
  if (runtime === "deno") return ["test", "-A", "--no-check", `--junit-path=${junit}`, ...files];
  if (runtime === "bun") {
    return ["test", "--reporter=junit", `--reporter-outfile=${junit}`, ...files.map((file) => `./${file}`)];
  }
  const toFile = ["--test-reporter=junit", `--test-reporter-destination=${junit}`];
  const toLog = ["--test-reporter=spec", "--test-reporter-destination=stdout"];
  return ["--test", "--test-isolation=none", ...toFile, ...toLog, ...files];
}
