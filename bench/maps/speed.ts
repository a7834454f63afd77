/** Measures how long each operation takes on a map of one size. */
import { do_not_optimize } from "mitata";
import { median } from "../lib/ratio.ts";
import type { Contender } from "./contenders.ts";
import { drawKeys, type KeyKind, type Keys, makeKeys, spreadKeys } from "./keys.ts";
import { filledMap, iteration, keyLoop, type Loop, snapshots } from "./loops.ts";
import type { Scenario, Speed } from "./results.ts";

/** How long to measure. The result is the median of the slices. */
export interface Timing {
  readonly warmUpMs: number;
  readonly sliceMs: number;
  readonly slices: number;
  /** After this time fewer slices are enough. */
  readonly enoughMs: number;
}

export const USUAL: Timing = { warmUpMs: 15, sliceMs: 5, slices: 5, enoughMs: 150 };

/** How many keys a loop covers between two readings of the clock. */
const BATCH = 1_000;
/** The least time between two readings of the clock, for operations that can take nanoseconds or seconds. */
const LOOK_MS = 0.1;
/** How many keys are not in the map, and how many are deleted at a time at most. */
const MISSING = 65_536;
const MOST_DELETED = 200_000;
/** From this size on, growing a map measures new entries; beyond it, Zipf's law and snapshots show nothing new. */
const LARGE = 1_000_000;

/**
 * Measures each scenario on one map twice, and takes the shorter time: other work on the machine can only add to it.
 */
export function measureSpeed(contender: Contender, keyKind: KeyKind, entries: number, timing: Timing): Speed[] {
  const keys = makeKeys(keyKind, entries + MISSING);
  const rig = new Rig(contender, filledMap(contender, keys, entries), timing);
  const scenarios = Object.entries(scenariosOf(rig, keys, entries)) as [Scenario, () => number][];
  const passes = [1, 2].map(() => scenarios.map(([, operationNs]) => operationNs()));
  return scenarios.map(([scenario], at) => {
    const ns = Math.min(...passes.map((pass) => pass[at] as number));
    return { contender: contender.name, keys: keyKind, entries, scenario, ns: Number(ns.toPrecision(4)) };
  });
}

/** Returns the scenarios for this size. Each leaves the map with the keys that it had. */
function scenariosOf(rig: Rig, keys: Keys, entries: number): Partial<Record<Scenario, () => number>> {
  const uniform = drawKeys(keys, entries, false);
  const missing = keys.slice(entries);
  const deleted = spreadKeys(keys, entries, Math.min(entries, MOST_DELETED));
  const always = {
    "get hit": () => rig.overKeys("get", uniform),
    "get miss": () => rig.overKeys("getMiss", missing),
    "iterate": () => rig.iterate(entries),
    "mixed 90/10": () => rig.overKeys("mixed", uniform),
    "set existing": () => rig.overKeys("set", uniform),
    "delete": () => rig.delete(deleted),
  };
  if (entries > LARGE) return always;
  const byZipf = drawKeys(keys, entries, true);
  return {
    ...always,
    "snapshot": () => rig.snapshot(),
    "get hit, Zipf": () => rig.overKeys("get", byZipf),
    "mixed 90/10, Zipf": () => rig.overKeys("mixed", byZipf),
    ...(entries < LARGE ? { "set new": () => rig.fill(keys, entries) } : {}),
  };
}

/** A map, and the clock beside it. */
class Rig {
  readonly #contender: Contender;
  readonly #timing: Timing;
  #map: unknown;

  constructor(contender: Contender, map: unknown, timing: Timing) {
    this.#contender = contender;
    this.#map = map;
    this.#timing = timing;
  }

  /** Loops over the keys again and again, a batch at a time. */
  overKeys(body: Parameters<typeof keyLoop>[1], keys: Keys): number {
    const loop = keyLoop(this.#contender, body);
    const batch = Math.min(BATCH, keys.length);
    let at = 0;
    return this.#operationNs(() => {
      this.#run(loop, keys, at, at + batch);
      at = at + 2 * batch > keys.length ? 0 : at + batch;
      return batch;
    });
  }

  /** Returns the time per entry. */
  iterate(entries: number): number {
    const visit = iteration(this.#contender);
    return this.#operationNs(() => {
      do_not_optimize(visit(this.#map));
      return entries;
    });
  }

  /** Returns the time of a whole snapshot. */
  snapshot(): number {
    const take = snapshots(this.#contender);
    let count = 1;
    return this.#operationNs(() => {
      const startMs = performance.now();
      do_not_optimize(take(this.#map, count));
      const taken = count;
      if (performance.now() - startMs < LOOK_MS) count *= 2;
      return taken;
    });
  }

  /** Returns the time per entry of a map that grows to all entries. */
  fill(keys: Keys, entries: number): number {
    const loop = keyLoop(this.#contender, "set");
    return this.#operationNs(() => {
      do_not_optimize(loop(this.#contender.create(entries), keys, 0, entries).sum);
      return entries;
    });
  }

  /** Deletes the keys, and sets them again while the clock is stopped. */
  delete(keys: Keys): number {
    const loop = keyLoop(this.#contender, "delete");
    const again = keyLoop(this.#contender, "set");
    const { thaw = (map) => map, freeze = (map) => map } = this.#contender;
    return this.#operationNs((clock) => {
      this.#run(loop, keys, 0, keys.length);
      clock.stop();
      this.#map = freeze(again(thaw(this.#map), keys, 0, keys.length).map);
      clock.start();
      return keys.length;
    });
  }

  #run(loop: Loop, keys: Keys, from: number, to: number): void {
    const { map, sum } = loop(this.#map, keys, from, to);
    this.#map = map;
    do_not_optimize(sum);
  }

  /** Measures `run`, which returns how many operations it made. Returns the time of one. */
  #operationNs(run: (clock: Stopwatch) => number): number {
    const { warmUpMs, sliceMs, slices, enoughMs } = this.#timing;
    slice(run, warmUpMs);
    const measured: number[] = [];
    const startMs = performance.now();
    while (measured.length < slices) {
      measured.push(slice(run, sliceMs));
      if (performance.now() - startMs > enoughMs) break;
    }
    return median(measured);
  }
}

function slice(run: (clock: Stopwatch) => number, atLeastMs: number): number {
  const clock = new Stopwatch();
  let operations = 0;
  clock.start();
  do operations += run(clock); while (clock.elapsedMs <= atLeastMs);
  return clock.elapsedMs * 1e6 / operations;
}

class Stopwatch {
  #beforeMs = 0;
  #startMs = NaN;

  get elapsedMs(): number {
    return this.#beforeMs + performance.now() - this.#startMs;
  }

  start(): void {
    this.#startMs = performance.now();
  }

  stop(): void {
    this.#beforeMs = this.elapsedMs;
    this.#startMs = NaN;
  }
}
