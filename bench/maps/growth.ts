/** Measures a map that grows: the longest pause, the time of the collector, and the memory in the end. */
import process from "node:process";
import { do_not_optimize } from "mitata";
import { median } from "../lib/ratio.ts";
import { collect, markCollections } from "./collection.ts";
import type { Contender } from "./contenders.ts";
import { type KeyKind, makeKeys } from "./keys.ts";
import { keyLoop } from "./loops.ts";
import type { Growth } from "./results.ts";

/** How often a map is grown, unless that takes too long. */
const GROWTHS = 3;
const ENOUGH_MS = 8_000;
const WARM_UP_ENTRIES = 10_000;
/** The clock is read after this many entries: often enough, as a pause is a thousand times longer. */
const STEP = 10;

/** Everything but the time of the collector, which the parent process reads from the log of all growths. */
export interface OwnGrowth {
  readonly growths: number;
  readonly growth: Omit<Growth, "collectionMs">;
}

/** Grows a map to `entries`, one `set` at a time. */
export function measureGrowth(contender: Contender, keyKind: KeyKind, entries: number): OwnGrowth {
  const keys = makeKeys(keyKind, entries);
  const loop = keyLoop(contender, "set");
  const grow = (upTo: number) => {
    let map = contender.create(upTo);
    let worstPauseMs = 0;
    const startMs = performance.now();
    let beforeMs = startMs;
    for (let at = 0; at < upTo; at += STEP) {
      map = loop(map, keys, at, Math.min(upTo, at + STEP)).map;
      const nowMs = performance.now();
      if (nowMs - beforeMs > worstPauseMs) worstPauseMs = nowMs - beforeMs;
      beforeMs = nowMs;
    }
    return { map, worstPauseMs, totalMs: beforeMs - startMs };
  };
  do_not_optimize(grow(Math.min(entries, WARM_UP_ENTRIES)));
  const grown: { bytes: number; worstPauseMs: number; totalMs: number }[] = [];
  const startMs = performance.now();
  while (grown.length < GROWTHS && performance.now() - startMs < ENOUGH_MS) {
    const beforeBytes = bytesInUse();
    markCollections("begin");
    const { map, ...times } = grow(entries);
    markCollections("end");
    const bytes = bytesInUse() - beforeBytes;
    do_not_optimize(map);
    grown.push({ bytes, ...times });
  }
  const middle = (measure: "bytes" | "worstPauseMs" | "totalMs") => median(grown.map((one) => one[measure]));
  return {
    growths: grown.length,
    growth: {
      contender: contender.name,
      keys: keyKind,
      entries,
      totalMs: rounded(middle("totalMs")),
      worstPauseMs: rounded(middle("worstPauseMs")),
      bytesAnEntry: rounded(middle("bytes") / entries),
    },
  };
}

/** Returns the memory in use after collecting all garbage. JSC includes memory outside its heap. */
function bytesInUse(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return "Bun" in globalThis ? heapUsed : heapUsed + external;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
