/** The README's table that says which map to use when, with figures. */
import { ADAPTIVE_LOADS } from "../adaptive/loads.ts";
import type { KeyKind } from "./keys.ts";
import { allSpeeds } from "./page.ts";
import type { Results, Scenario } from "./results.ts";
import { bytes, time } from "./units.ts";

const BEGIN = "<!-- which map when: made by `deno task bench:maps` -->";
const END = "<!-- end of which map when -->";

/** Returns the figure of a map as text, or `undefined` if it was not measured. */
type Figure = (results: Results, contender: string) => string | undefined;

interface Advice {
  readonly take: string;
  readonly when: string;
  readonly measured: string;
  readonly figure: Figure;
  readonly against: string;
}

const ADVICE: readonly Advice[] = [
  {
    take: "NativeMap",
    when: "any keys, in the order of insertion",
    measured: "`get`, 100 k strings",
    figure: speed("get hit", "strings", 100_000),
    against: "Map",
  },
  {
    take: "ShardedMap",
    when: "any keys by the million, without a long pause",
    measured: "worst pause, growing to 10 M",
    figure: growth("worstPauseMs", 10_000_000),
    against: "Map",
  },
  {
    take: "ReadDirtyMap",
    when: "written once, read often, iterated meanwhile",
    measured: "`get`, 100 k strings",
    figure: speed("get hit", "strings", 100_000),
    against: "Map",
  },
  {
    take: "HashTrieMap",
    when: "read as a whole while it is written",
    measured: "snapshot of 1 M strings, or a copy",
    figure: speed("snapshot", "strings", 1_000_000),
    against: "Map",
  },
  {
    take: "IntMap",
    when: "whole-number keys by the million",
    measured: "`get`, 1 M whole numbers",
    figure: speed("get hit", "whole numbers", 1_000_000),
    against: "Map",
  },
  {
    take: "IntNumberMap",
    when: "counters, by the million",
    measured: "bytes an entry, 1 M whole numbers",
    figure: growth("bytesAnEntry", 1_000_000),
    against: "Map",
  },
  {
    take: "LruMap",
    when: "a cache that a twin understands",
    measured: "9 `get` to 1 `set`, 100 k strings, by Zipf’s law",
    figure: speed("mixed 90/10, Zipf", "strings", 100_000),
    against: "lru-cache",
  },
  {
    take: "AdaptiveMap",
    when: "a load that is not known, or changes",
    measured: `the worst of ${ADAPTIVE_LOADS.length} loads, once settled`,
    figure: worstClaimed("AdaptiveMap"),
    against: "the best single map",
  },
];

/** Returns `readme` with the table at its marked place. */
export function withTable(readme: string, all: readonly Results[]): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`Cannot write the table: the README must have ${BEGIN} and ${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${table(all)}\n\n${readme.slice(end)}`;
}

/** Each cell has the figure of the map and that of the other one. */
function table(all: readonly Results[]): string {
  const heads = ["take", "when you have", "measured", "beside", ...all.map(({ origin }) => origin.runtime)];
  const rows = ADVICE.map(({ take, when, measured, figure, against }) => [
    `\`${take}\``,
    when,
    measured,
    against.includes(" ") ? against : `\`${against}\``,
    ...all.map((results) => `${figure(results, take) ?? "–"} / ${figure(results, against) ?? "–"}`),
  ]);
  const machines = new Set(all.map(({ origin }) => `${origin.cpu}, ${origin.cores} cores`));
  return `${aligned([heads, ...rows])}\n\nMeasured on: ${[...machines].join("; ")}.`;
}

/** Formats a Markdown table like `deno fmt`. */
function aligned([heads = [], ...rows]: readonly string[][]): string {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[], fill: string) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(" | ")} |`;
  return [line(heads, " "), line(heads.map(() => ""), "-"), ...rows.map((row) => line(row, " "))].join("\n");
}

function speed(scenario: Scenario, keys: KeyKind, entries: number): Figure {
  return (results, contender) => {
    const found = allSpeeds(results).find((speed) =>
      speed.contender === contender && speed.keys === keys && speed.entries === entries && speed.scenario === scenario
    );
    return found && time(found.ns);
  };
}

function growth(measure: "worstPauseMs" | "bytesAnEntry", entries: number): Figure {
  return (results, contender) => {
    const found = results.growths.find((growth) =>
      growth.contender === contender && growth.entries === entries && growth.keys === "whole numbers"
    );
    if (found === undefined) return undefined;
    return measure === "bytesAnEntry" ? bytes(found.bytesAnEntry) : time(found.worstPauseMs * 1e6);
  };
}

/** Returns the worst outcome of the claims about a map's time. */
function worstClaimed(name: string): Figure {
  return ({ outcomes }, contender) => {
    const claimed = outcomes.filter(({ what, unit }) => what.startsWith(name) && unit === "ns");
    const [worst] = claimed.sort((a, b) => b.ratio - a.ratio);
    return worst && time(contender === name ? worst.ours : worst.theirs);
  };
}
