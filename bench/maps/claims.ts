/** The claims about the maps, against others in the same run. */
import { do_not_optimize } from "mitata";
import { type Claim, type Contender as Measured, isMet, measureByTurns, printRow } from "../lib/ratio.ts";
import { ADAPTIVE_LOADS, besideBest, settled } from "../adaptive/loads.ts";
import { contenderNamed } from "./contenders.ts";
import { drawKeys, type KeyKind, makeKeys } from "./keys.ts";
import { filledMap, keyLoop, snapshots } from "./loops.ts";
import type { Growth, Outcome, Results, RuntimeName } from "./results.ts";

const BATCH = 1_000;
const MILLION = 1_000_000;
/** The fastest of the single maps on that runtime. */
const BEST = "the best single map";

/** A claim whose two sides are measured by turns, in a process that does nothing else. */
interface SpeedClaim extends Claim {
  /** The claim on JavaScriptCore, if it differs. */
  readonly timesFasterOnJsc?: number;
  readonly sides: () => Sides | Promise<Sides>;
}

interface Sides {
  readonly ours: Measured;
  readonly theirs: Measured;
}

export const SPEED_CLAIMS: readonly SpeedClaim[] = [
  {
    what: "IntMap.get, 1,000,000 whole-number keys",
    against: "Map",
    timesFaster: 5,
    timesFasterOnJsc: 2.5,
    sides: () => ({
      ours: reads("IntMap", "whole numbers", MILLION),
      theirs: reads("Map", "whole numbers", MILLION),
    }),
  },
  ...["immutable", "hamt_plus"].map((peer) => ({
    what: "HashTrieMap.get, 100,000 string keys",
    against: peer,
    timesFaster: 1,
    sides: () => ({
      ours: reads("HashTrieMap", "strings", MILLION / 10),
      theirs: reads(peer, "strings", MILLION / 10),
    }),
  })),
  {
    what: "HashTrieMap.snapshot, 1,000,000 entries",
    against: "1,000 entries",
    // Equally fast: measurements of a few nanoseconds scatter by less than this.
    atMost: 1.25,
    sides: () => ({
      ours: snapshotsOf("HashTrieMap", MILLION),
      theirs: snapshotsOf("HashTrieMap", MILLION / 1_000),
    }),
  },
  ...ADAPTIVE_LOADS.map((load) => ({
    what: `AdaptiveMap, settled: ${load.what}`,
    against: BEST,
    atMost: 1.3,
    sides: async () => await besideBest(await settled(load)),
  })),
];

/** Measures the claim at `place`. */
export async function measureClaim(place: number): Promise<Outcome> {
  const { sides, timesFasterOnJsc, ...claim } = SPEED_CLAIMS[place] as SpeedClaim;
  const { ours, theirs } = await sides();
  const { oursNs, theirsNs, ratio } = await measureByTurns(ours, theirs);
  const jsc = "Bun" in globalThis && timesFasterOnJsc !== undefined ? { timesFaster: timesFasterOnJsc } : {};
  return { ...claim, ...jsc, unit: "ns", ours: rounded(oursNs), theirs: rounded(theirsNs), ratio: rounded(ratio) };
}

/**
 * Returns the outcomes of the claims about growing. On JSC there is no claim about pauses: its `Map` has shorter ones.
 */
export function growthOutcomes(growths: readonly Growth[], runtime: RuntimeName): Outcome[] {
  const isV8 = runtime !== "bun";
  const find = (name: string, entries: number) =>
    growths.find((growth) =>
      growth.contender === name && growth.entries === entries && growth.keys === "whole numbers"
    );
  const outcome = (
    name: string,
    entries: number,
    measure: "worstPauseMs" | "bytesAnEntry",
    atMost: number | undefined,
  ): Outcome[] => {
    const ours = find(name, entries)?.[measure];
    const theirs = find("Map", entries)?.[measure];
    if (ours === undefined || theirs === undefined) return [];
    const [told, unit] = measure === "worstPauseMs"
      ? ["worst pause while growing to", "ms"] as const
      : ["bytes an entry at", "bytes"] as const;
    const claim = { what: `${name}, ${told} ${entries.toLocaleString("en")}`, against: "Map" };
    return [{
      ...claim,
      ...(atMost === undefined ? {} : { atMost }),
      unit,
      ours,
      theirs,
      ratio: rounded(ours / theirs),
    }];
  };
  return [
    ...outcome("IntNumberMap", MILLION, "bytesAnEntry", 0.4),
    ...outcome("IntMap", 10 * MILLION, "worstPauseMs", isV8 ? 0.01 : undefined),
    ...outcome("ShardedMap", 10 * MILLION, "worstPauseMs", isV8 ? 0.1 : undefined),
  ];
}

/** Prints the outcomes and returns whether all claims hold. */
export function printOutcomes({ outcomes }: Results): boolean {
  for (const outcome of outcomes) {
    const written = (value: number) =>
      `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${outcome.unit === "bytes" ? "B" : outcome.unit}`;
    const { ours, theirs, ratio } = outcome;
    printRow(outcome, { oursNs: ours, theirsNs: theirs, ratio }, written);
  }
  return outcomes.every((outcome) => isMet(outcome, outcome.ratio));
}

function reads(name: string, keyKind: KeyKind, entries: number): Measured {
  const contender = contenderNamed(name);
  const keys = makeKeys(keyKind, entries);
  const map = filledMap(contender, keys, entries);
  const draws = drawKeys(keys, entries, false);
  const loop = keyLoop(contender, "get");
  let at = 0;
  return {
    operations: BATCH,
    run: () => {
      do_not_optimize(loop(map, draws, at, at + BATCH).sum);
      at = at + 2 * BATCH > draws.length ? 0 : at + BATCH;
      return Promise.resolve();
    },
  };
}

function snapshotsOf(name: string, entries: number): Measured {
  const contender = contenderNamed(name);
  const map = filledMap(contender, makeKeys("whole numbers", entries), entries);
  const take = snapshots(contender);
  return {
    operations: BATCH,
    run: () => {
      do_not_optimize(take(map, BATCH));
      return Promise.resolve();
    },
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
