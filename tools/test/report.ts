/** The output of a test run: its progress, and its summary. */
import type { TestResult } from "./junit.ts";
import { type Runtime, RUNTIMES, type SuiteRun } from "./run_suite.ts";
import { differences } from "./same_tests.ts";

const SLOWEST = 5;

/** One line: the progress of each runtime, out of so many runs in all. */
export function progress(runs: readonly SuiteRun[], total: number): string {
  const parts = RUNTIMES.map((runtime) => {
    const results = resultsOf(runs.filter((run) => run.runtime === runtime));
    return `${runtime} ${counts(results)}`;
  });
  return [...parts, `${runs.length} of ${total} suites`].join(" | ");
}

/** A paragraph for each thing that went wrong in a suite. */
export function failures({ runtime, suite, results, problem }: SuiteRun): string[] {
  const failed = results.filter(({ outcome }) => outcome === "failed");
  return [
    ...failed.map(({ name, message }) => `FAILED on ${runtime}: ${suite}: ${name}\n${indented(message)}`),
    ...(problem === undefined ? [] : [`FAILED on ${runtime}: ${suite}\n${indented(problem)}`]),
  ];
}

/** The result of a whole run. */
export interface Summary {
  /** The last line says how many tests passed, failed and were skipped, on all runtimes together. */
  readonly lines: readonly string[];
  readonly isGreen: boolean;
}

/**
 * Sums up all runs. A suite that failed outside of its tests counts as a failed test, and so does a test that was not
 * run on all runtimes alike.
 */
export function summary(runs: readonly SuiteRun[]): Summary {
  const results = resultsOf(runs);
  const different = differences(RUNTIMES.map((runtime) => ({ runtime, results: namedResults(runs, runtime) })));
  const broken = runs.filter(({ problem }) => problem !== undefined).length;
  const failed = count(results, "failed") + broken + different.length;
  const passed = count(results, "passed");
  const lines = [
    ...slowest(runs),
    ...skipped(runs),
    ...(different.length > 0 ? ["The runtimes did not run the same tests:", ...different.map(indented)] : []),
    closing(passed, failed, count(results, "skipped")),
  ];
  return { lines, isGreen: failed === 0 && passed > 0 };
}

/** The skipped tests, by what they need. A test that may be skipped says so in its name: "(needs Chromium)". */
function skipped(runs: readonly SuiteRun[]): string[] {
  const tests = runs.flatMap(({ runtime, suite, results }) =>
    results.filter(({ outcome }) => outcome === "skipped").map(({ name }) => ({ runtime, test: `${suite}: ${name}` }))
  );
  const byReason = Map.groupBy(tests, ({ test }) => test.match(/\bneeds ([^()]+)/)?.[1] ?? "no reason given");
  return [...byReason].flatMap(([reason, tests]) => {
    const byTest = Map.groupBy(tests, ({ test }) => test);
    return [
      `Skipped (${reason}): ${tests.length}`,
      ...[...byTest].map(([test, on]) => indented(`${test} on ${on.map(({ runtime }) => runtime).join(", ")}`)),
    ];
  });
}

function slowest(runs: readonly SuiteRun[]): string[] {
  const suites = runs.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
  return [
    "Slowest:",
    ...suites.map(({ runtime, suite, seconds }) => `  ${seconds.toFixed(1)} s ${suite} on ${runtime}`),
  ];
}

function closing(passed: number, failed: number, skipped: number): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** Two suites may use the same name for a test. */
function namedResults(runs: readonly SuiteRun[], runtime: Runtime): TestResult[] {
  return runs.filter((run) => run.runtime === runtime).flatMap(({ suite, results }) =>
    results.map((result) => ({ ...result, name: `${suite}: ${result.name}` }))
  );
}

function resultsOf(runs: readonly SuiteRun[]): TestResult[] {
  return runs.flatMap(({ results }) => results);
}

function counts(results: readonly TestResult[]): string {
  return `${count(results, "passed")} passed, ${count(results, "failed")} failed`;
}

function count(results: readonly TestResult[], outcome: TestResult["outcome"]): number {
  return results.filter((result) => result.outcome === outcome).length;
}

function indented(text: string): string {
  return `  ${text.replaceAll("\n", "\n  ")}`;
}
