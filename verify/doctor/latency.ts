import { type Clock, systemClock } from "../../src/clock.ts";
import { InvalidValueError } from "../../src/stores/codec.ts";
import type { ExaminedMap } from "./examined_map.ts";

/** How long `get` takes, in milliseconds, when one call follows the other. */
export interface Latency {
  readonly medianMs: number;
  readonly maxMs: number;
  readonly calls: number;
}

const CALLS = 50;
/** The first calls open connections, and compile code. */
const WARM_UP = 5;

/** Every map takes it as a key. */
const UNUSED = Number.MAX_SAFE_INTEGER;

/**
 * Measures `get`. Nothing is written.
 *
 * @param keys The keys, in turn. They may be absent; without any, one that nobody uses is read.
 * @throws What the map throws, unless it is that a value cannot be decoded.
 */
export async function latencyOf(
  map: ExaminedMap["map"],
  keys: readonly unknown[],
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<Latency> {
  const times: number[] = [];
  for (let call = 0; call < WARM_UP + CALLS; call++) {
    const key = keys.length === 0 ? UNUSED : keys[call % keys.length];
    const startMs = clock.monotonicMs();
    await read(map, key, signal);
    if (call >= WARM_UP) times.push(clock.monotonicMs() - startMs);
  }
  times.sort((a, b) => a - b);
  return { medianMs: times[CALLS / 2] as number, maxMs: times.at(-1) as number, calls: CALLS };
}

/** A value that cannot be decoded has been read all the same. */
async function read(map: ExaminedMap["map"], key: unknown, signal: AbortSignal): Promise<void> {
  try {
    await map.get(key, { signal });
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
  }
}
