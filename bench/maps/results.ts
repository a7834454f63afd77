/** The results of a runtime, as stored in `bench/results/`. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Claim } from "../lib/ratio.ts";
import type { KeyKind } from "./keys.ts";

export const RUNTIMES = ["deno", "bun", "node"] as const;
export type RuntimeName = typeof RUNTIMES[number];

export const SCENARIOS = [
  "get hit",
  "get hit, Zipf",
  "get miss",
  "set existing",
  "set new",
  "delete",
  "mixed 90/10",
  "mixed 90/10, Zipf",
  "iterate",
  "snapshot",
] as const;
export type Scenario = typeof SCENARIOS[number];

/** Which map, kind of keys and size was measured. */
interface Measured {
  readonly contender: string;
  readonly keys: KeyKind;
  readonly entries: number;
}

/** The time of one operation: per entry for iteration, and for the whole map for a snapshot. */
export interface Speed extends Measured {
  readonly scenario: Scenario;
  readonly ns: number;
}

/** The cost of growing from empty to a size, one `set` at a time. */
export interface Growth extends Measured {
  readonly totalMs: number;
  readonly worstPauseMs: number;
  /** The memory of the map afterwards, without the keys. */
  readonly bytesAnEntry: number;
  /** How long the garbage collector stopped the program, according to the runtime's log. */
  readonly collectionMs: number;
}

/** The outcome of a claim. */
export interface Outcome extends Claim {
  readonly unit: "ns" | "ms" | "bytes";
  readonly ours: number;
  readonly theirs: number;
  readonly ratio: number;
}

/** Where figures come from. */
export interface Origin {
  readonly cpu: string;
  readonly cores: number;
  readonly runtime: string;
  readonly engine: string;
  readonly packages: Readonly<Record<string, string>>;
}

export interface Results {
  readonly origin: Origin;
  readonly speeds: readonly Speed[];
  readonly growths: readonly Growth[];
  readonly outcomes: readonly Outcome[];
}

/** Returns the results of a runtime in `folder`, if there are any. */
export function readResults(folder: string, runtime: RuntimeName): Results | undefined {
  const path = pathOf(folder, runtime);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/** Writes a line for each figure, so that a diff shows which of them changed. */
export function writeResults(folder: string, runtime: RuntimeName, results: Results): void {
  const parts = Object.entries(results).map(([name, part]) => {
    const lines = Array.isArray(part)
      ? `[\n${part.map((item) => `    ${JSON.stringify(item)}`).join(",\n")}\n  ]`
      : JSON.stringify(part);
    return `  ${JSON.stringify(name)}: ${lines}`;
  });
  writeFileSync(pathOf(folder, runtime), `{\n${parts.join(",\n")}\n}\n`);
}

/**
 * Returns the newer figures, and the older ones that were not measured again. Figures of another machine or version are
 * dropped, because they cannot be compared.
 */
export function mergeResults(older: Results | undefined, newer: Results): Results {
  if (older === undefined || JSON.stringify(older.origin) !== JSON.stringify(newer.origin)) return newer;
  return {
    origin: newer.origin,
    speeds: replaced(
      older.speeds,
      newer.speeds,
      ({ contender, keys, entries, scenario }) => [contender, keys, entries, scenario],
    ),
    growths: replaced(older.growths, newer.growths, ({ contender, keys, entries }) => [contender, keys, entries]),
    outcomes: replaced(older.outcomes, newer.outcomes, ({ what, against }) => [what, against]),
  };
}

/** Keeps the order of the older ones and puts new ones last. */
function replaced<T>(older: readonly T[], newer: readonly T[], nameOf: (item: T) => unknown[]): T[] {
  const byName = new Map([...older, ...newer].map((item) => [JSON.stringify(nameOf(item)), item]));
  return [...byName.values()];
}

function pathOf(folder: string, runtime: RuntimeName): string {
  return `${folder}/${runtime}.json`;
}
