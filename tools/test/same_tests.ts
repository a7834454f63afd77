/** Compares the tests that the runtimes ran. */
import type { TestResult } from "./junit.ts";

/** The tests that one runtime ran. */
export interface Run {
  /** The name of the runtime. */
  readonly runtime: string;
  /** Its tests, in any order. */
  readonly results: readonly TestResult[];
}

/**
 * Returns a line for each test that did not run on all runtimes, or not equally often. A test that one runtime skips
 * must be skipped by all.
 */
export function differences(runs: readonly Run[]): string[] {
  const counts = runs.map(({ results }) =>
    Map.groupBy(results, ({ name, outcome }) => {
      return outcome === "skipped" ? `${name} (skipped)` : name;
    })
  );
  const names = new Set(counts.flatMap((count) => [...count.keys()]));
  return [...names].flatMap((name) => {
    const times = counts.map((count) => count.get(name)?.length ?? 0);
    if (times.every((time) => time === times[0])) return [];
    return [`${name}: ${runs.map(({ runtime }, i) => `${times[i]} on ${runtime}`).join(", ")}`];
  });
}
