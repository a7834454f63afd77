import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { TestResult } from "../../../tools/test/junit.ts";
import { failures, progress, summary } from "../../../tools/test/report.ts";
import { type Runtime, RUNTIMES, type SuiteRun } from "../../../tools/test/run_suite.ts";

const SUITE = "tests/a";

function run(
  runtime: Runtime,
  outcomes: Record<string, TestResult["outcome"]>,
  more: Partial<SuiteRun> = {},
): SuiteRun {
  const results = Object.entries(outcomes).map(([name, outcome]) => ({ name, outcome, message: `why\n${name}` }));
  return { runtime, suite: SUITE, results, seconds: 1, ...more };
}

/** The same on every runtime. */
function everywhere(outcomes: Record<string, TestResult["outcome"]>, more: Partial<SuiteRun> = {}): SuiteRun[] {
  return RUNTIMES.map((runtime) => run(runtime, outcomes, more));
}

describe("the progress of a test run", () => {
  it("is one line with the counts of each runtime", () => {
    const runs = [run("deno", { a: "passed", b: "failed", c: "skipped" }), run("bun", { a: "passed", b: "passed" })];
    assertEquals(
      progress([...runs, run("deno", { d: "passed" })], 9),
      "deno 2 passed, 1 failed | bun 2 passed, 0 failed | node 0 passed, 0 failed | 3 of 9 suites",
    );
  });

  it("names each test that failed, with its runtime, its suite and its message", () => {
    assertEquals(failures(run("bun", { a: "passed", b: "failed" })), [
      "FAILED on bun: tests/a: b\n  why\n  b",
    ]);
  });

  it("names a suite that failed outside of its tests", () => {
    assertEquals(failures(run("node", { a: "passed" }, { problem: "ended with 1" })), [
      "FAILED on node: tests/a\n  ended with 1",
    ]);
  });
});

describe("the summary of a test run", () => {
  const closing = (runs: SuiteRun[]) => {
    const { lines, isGreen } = summary(runs);
    return [lines.at(-1), isGreen];
  };

  it("closes with the counts of all runtimes together", () => {
    assertEquals(closing(everywhere({ a: "passed", b: "passed" })), ["6 passed, 0 failed", true]);
    assertEquals(closing(everywhere({ a: "passed", b: "failed" })), ["3 passed, 3 failed", false]);
    assertEquals(closing(everywhere({ a: "passed", b: "skipped" })), ["3 passed, 0 failed, 3 skipped", true]);
  });

  it("is not green if nothing ran", () => {
    assertEquals(closing(everywhere({})), ["0 passed, 0 failed", false]);
  });

  it("counts a suite that failed outside of its tests as one failure", () => {
    const [deno, bun] = everywhere({ a: "passed" });
    const node = run("node", { a: "passed" }, { problem: "ended with 1" });
    assertEquals(closing([deno as SuiteRun, bun as SuiteRun, node]), ["3 passed, 1 failed", false]);
  });

  it("names the tests that a runtime did not run, even if another suite has a test of that name", () => {
    const other = { suite: "tests/b" };
    const runs = [...everywhere({ a: "passed" }), ...everywhere({ b: "passed" }, other), run("deno", { b: "passed" })];
    const { lines, isGreen } = summary(runs);
    assertEquals(lines.slice(-3), [
      "The runtimes did not run the same tests:",
      "  tests/a: b: 1 on deno, 0 on bun, 0 on node",
      "7 passed, 1 failed",
    ]);
    assertEquals(isGreen, false);
  });

  it("lists the skipped tests by what they need, and counts them", () => {
    const { lines } = summary(everywhere({ "a": "passed", "the page (needs Chromium)": "skipped", "b": "skipped" }));
    const first = lines.findIndex((line) => line.startsWith("Skipped"));
    assertEquals(lines.slice(first, -1), [
      "Skipped (Chromium): 3",
      "  tests/a: the page (needs Chromium) on deno, bun, node",
      "Skipped (no reason given): 3",
      "  tests/a: b on deno, bun, node",
    ]);
  });

  it("names the slowest suites", () => {
    const runs = [3, 1, 5, 2, 6, 4].map((seconds) =>
      run("deno", { a: "passed" }, { seconds, suite: `tests/${seconds}` })
    );
    const { lines } = summary(runs);
    assertEquals(lines.slice(0, 6), ["Slowest:", ...[6, 5, 4, 3, 2].map((s) => `  ${s}.0 s tests/${s} on deno`)]);
  });
});
