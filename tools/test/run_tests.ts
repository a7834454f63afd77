/**
 * Runs the tests on Deno, Bun and Node, and fails if they did not run the same ones: `npm test` for all but those in
 * `tests/load/`, which need load, servers or long runs; `npm run test:load` for those; or
 * `npm test -- tests/src/native/native_map_test.ts` for some of them.
 *
 * @module
 */
import { globSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runtime as commandOf, version } from "../runtime/runtime.mjs";
import { failures, progress, summary } from "./report.ts";
import { runSuite, RUNTIMES, type SuiteRun } from "./run_suite.ts";

const ARTIFACTS = ".artifacts/tests";
const PROGRESS_MS = process.stdout.isTTY ? 1_000 : 10_000;

process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
const chosen = process.argv.slice(2);
const files = chosen.length > 0
  ? chosen.flatMap((pattern) => globSync(pattern))
  : globSync("tests/**/*_test.ts", { exclude: ["tests/load/**"] });
files.sort();
rmSync(ARTIFACTS, { recursive: true, force: true });

const commands = RUNTIMES.map((runtime) => ({ runtime, command: commandOf(runtime) }));
console.log(commands.map(({ runtime, command }) => `${runtime} ${version(command)}`).join(", "));

// The suites with the most files come first, so that no long one is left to the end.
const suites = [...Map.groupBy(files, suiteOf)].sort(([, some], [, others]) => others.length - some.length);
const waiting = suites.flatMap(([suite, files]) => commands.map((runtime) => ({ suite, files, ...runtime })));
const total = waiting.length;
const runs: SuiteRun[] = [];

const ticking = setInterval(showProgress, PROGRESS_MS);
// One more than there are processors: a suite that starts servers and processes waits for them half of the time.
await Promise.all(Array.from({ length: availableParallelism() + 1 }, async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const run = await runSuite(next.runtime, next.command, next.suite, next.files, ARTIFACTS);
    runs.push(run);
    failures(run).forEach(print);
  }
}));
clearInterval(ticking);
showProgress();

const { lines, isGreen } = summary(runs);
print(`\nAll that the tests printed: ${ARTIFACTS}/`);
lines.forEach(print);
process.exitCode = isGreen ? 0 : 1;

/**
 * The folder of `tests/` that the file is in: its files share a process, as starting a runtime and loading the modules takes
 * longer than most of them. Each file in `tests/load/` has a process of its own.
 */
function suiteOf(file: string): string {
  return file.startsWith("tests/load/") ? file : dirname(file).split("/").slice(0, 2).join("/");
}

/** On a terminal the next line takes its place. */
function showProgress(): void {
  const line = progress(runs, total);
  process.stdout.write(process.stdout.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
}

function print(text: string): void {
  process.stdout.write(process.stdout.isTTY ? `\r\x1b[K${text}\n` : `${text}\n`);
}
