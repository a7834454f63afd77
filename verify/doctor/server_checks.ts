import { type Clock, systemClock } from "../../src/clock.ts";
import type { ExaminedMap, MapServer } from "./examined_map.ts";
import { type Finding, finding } from "./finding.ts";

/** Entries expire by the clock of the process or that of the server: by so much they may differ. */
const MAX_DIFFERENCE_MS = 1_000;
/** The time in the answer that came most quickly is known best. */
const QUESTIONS = 5;

/** How far a server's clock is ahead of that of this process, in milliseconds, and by how much that may be wrong. */
export interface ClockDifference {
  readonly aheadMs: number;
  readonly errorMs: number;
}

/** Compares the clock of a server with that of this process. */
export async function clockDifferenceTo(server: MapServer, clock: Clock = systemClock): Promise<ClockDifference> {
  let best: ClockDifference = { aheadMs: 0, errorMs: Infinity };
  for (let question = 0; question < QUESTIONS; question++) {
    const startMs = clock.now();
    const serverMs = await server.now();
    const endMs = clock.now();
    const errorMs = Math.abs(endMs - startMs) / 2;
    if (errorMs < best.errorMs) best = { aheadMs: serverMs - (startMs + endMs) / 2, errorMs };
  }
  return best;
}

/** What is wrong with a server's clock. */
export function clockFindings(side: "old" | "new", { map }: ExaminedMap, difference: ClockDifference): Finding[] {
  const { aheadMs, errorMs } = difference;
  if (Math.abs(aheadMs) - errorMs <= MAX_DIFFERENCE_MS) return [];
  const expires = map.traits.expires !== "never";
  const by = `${Math.round(Math.abs(aheadMs)).toLocaleString("en")} ms ${aheadMs > 0 ? "ahead of" : "behind"}`;
  const text = `The clock of the ${side} map's server is ${by} that of this machine` +
    `${expires ? ": entries expire too early or too late by so much" : ""}.`;
  return [finding("clock", expires ? "problem" : "note", text, "Have both machines set their clocks by NTP.")];
}

/** Whether a server evicts keys that its map should keep. */
export async function evictionFindings(side: "old" | "new", { map, server }: ExaminedMap): Promise<Finding[]> {
  if (server?.evictionPolicy === undefined || map.traits.evicts) return [];
  let policy: string;
  try {
    policy = await server.evictionPolicy();
  } catch {
    const text = `The server of the ${side} map does not tell its eviction policy.`;
    return [finding("eviction", "note", text, "Ask its operator: maxmemory-policy must be noeviction.")];
  }
  if (policy === "noeviction") return [];
  const which = policy.startsWith("volatile-") ? "entries that expire" : "any entries";
  const text = `The server of the ${side} map evicts ${which} when its memory is full: maxmemory-policy is ${policy}.`;
  return [finding("eviction", "problem", text, "Set maxmemory-policy to noeviction, or use the map only as a cache.")];
}
