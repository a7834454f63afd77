import { type Clock, systemClock } from "../../src/clock.ts";
import type { Traits } from "../../src/concurrent_map.ts";
import { Acceptance } from "./acceptance.ts";
import type { ExaminedMap } from "./examined_map.ts";
import { type Finding, finding } from "./finding.ts";
import { type Latency, latencyOf } from "./latency.ts";
import type { Scan } from "./scan.ts";
import { type ClockDifference, clockDifferenceTo, clockFindings, evictionFindings } from "./server_checks.ts";
import { traitFindings } from "./trait_findings.ts";

/** What is known of one of the two maps. */
export interface Examined {
  /** The name of its class. */
  readonly name: string;
  readonly traits: Traits;
  /** What its codec is called. Absent where that is not known. */
  readonly codec?: string | undefined;
  /** Absent where the map does not exist yet. */
  readonly latency?: Latency | undefined;
  /** Absent where no server holds the map. */
  readonly clock?: ClockDifference | undefined;
}

/** What stands in the way of a move from one map to another. */
export interface Diagnosis {
  readonly old: Examined;
  readonly new: Examined;
  /** How many entries of the old map were read, and whether these are all. */
  readonly scan: { readonly entries: number; readonly isComplete: boolean };
  /** The problems first. */
  readonly findings: readonly Finding[];
}

/**
 * Compares two maps before anyone moves from the one to the other. It only reads.
 *
 * @param scan The scan of the two, which has not run.
 * @throws What a map throws that is not a finding, or the reason of the signal.
 */
export async function diagnose(
  oldMap: ExaminedMap,
  newMap: ExaminedMap,
  scan: Scan,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<Diagnosis> {
  await scan.run(signal);
  const examined = { old: await examine(oldMap, scan, signal, clock), new: await examine(newMap, scan, signal, clock) };
  const found = [
    ...traitFindings(oldMap, newMap),
    ...scan.findings(),
    ...contentFindings(newMap, scan),
    ...await serverFindings("old", oldMap, examined.old),
    ...await serverFindings("new", newMap, examined.new),
  ];
  const ofLevel = (level: Finding["level"]) => found.filter((finding) => finding.level === level);
  return {
    ...examined,
    scan: { entries: scan.entries, isComplete: scan.isComplete },
    findings: [...ofLevel("problem"), ...ofLevel("note")],
  };
}

async function examine(side: ExaminedMap, scan: Scan, signal: AbortSignal, clock: Clock): Promise<Examined> {
  const { name, map, exists, server, codec } = side;
  const acceptance = new Acceptance(side);
  const keys = scan.samples.filter((key) => acceptance.takesKey(key));
  return {
    name,
    traits: map.traits,
    codec: codec?.name,
    latency: exists ? await latencyOf(map, keys, signal, clock) : undefined,
    clock: server === undefined ? undefined : await clockDifferenceTo(server, clock),
  };
}

async function serverFindings(side: "old" | "new", examined: ExaminedMap, { clock }: Examined): Promise<Finding[]> {
  return [
    ...clock === undefined ? [] : clockFindings(side, examined, clock),
    ...await evictionFindings(side, examined),
  ];
}

/** What the new map holds already. */
function contentFindings({ exists }: ExaminedMap, { newEntries }: Scan): Finding[] {
  if (!exists) {
    const text = "The new map does not exist yet, so its latency was not measured.";
    return [finding("entries", "note", text, "It is created when it is used for the first time.")];
  }
  if (newEntries === 0) return [];
  const text = "The new map has entries already.";
  return [finding("entries", "note", text, "Empty it, or be sure that a backfill may replace and remove them.")];
}
