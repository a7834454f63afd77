/** Runs rounds in which workers hammer a new map, and checks each map afterwards. */
import type { SharedMapHandle } from "@twinmap/twinmap/shared";
import type { Worker } from "node:worker_threads";
import { blocksOf, isSplitting } from "./blocks.ts";
import type { HammerMap, HammerOptions } from "./hammer.ts";
import { HammeredMap, newHammer } from "./hammered_map.ts";
import { interleave, type Interleaving, LOOKS } from "./interleaving.ts";
import type { Stops } from "./stop.ts";

/** The counts of what was checked. */
export interface Checked {
  rounds: number;
  operations: number;
  linearizable: number;
  unknown: number;
  splits: number;
  clears: number;
  /** Threads that died between two accesses to shared words. */
  deaths: number;
  terminations: number;
  /** Calls that found no room. */
  refused: number;
  /** The most blocks that a round lost for each thread that died. */
  mostLost: number;
}

const WORKERS = 4;
/** A map hangs if no call returns for this long. */
const HANG_MS = 10_000;
/** The most blocks that a thread that dies in a write can lose: a batch, two entries, and copies of heads. */
const LOST_BY_ONE = 16 + 2 * 5 + 30;

/** Options for a round. */
interface Round {
  readonly seed: number;
  readonly maxBytes: number;
  readonly hammering: HammerOptions;
  /** Whether one of the workers stops at nearly every step, while the others run. */
  readonly isOneSlow: boolean;
  /** How many workers die in the middle of an operation. */
  readonly deaths: number;
  /** How many workers are terminated. */
  readonly terminations: number;
}

/**
 * How clients interleave: each has a worker of its own and the map is not edited; or the map is edited so that the
 * workers stop between any two accesses; or all are in one thread, and do operations between any two accesses of one of
 * them.
 */
export type Mode = "unedited" | "stopping" | "interleaved";

export class Soak {
  readonly checked: Checked = {
    ...{ rounds: 0, operations: 0, linearizable: 0, unknown: 0, splits: 0, clears: 0 },
    ...{ deaths: 0, terminations: 0, refused: 0, mostLost: 0 },
  };
  readonly #module: string;
  readonly #mode: Mode;
  readonly #random: (below: number) => number;
  #hammers: Worker[] = [];

  /** The counts for the map of this module. */
  constructor(seed: number, module: string, mode: Mode) {
    let state = seed;
    this.#random = (below) => {
      state = state * 48271 % 2147483647;
      return state % below;
    };
    this.#module = module;
    this.#mode = mode;
  }

  /** Runs rounds for `forMs` milliseconds. Throws if something is wrong with the map. */
  async run(forMs: number): Promise<void> {
    const { SharedMap } = await import(this.#module) as typeof import("@twinmap/twinmap/shared");
    const endMs = performance.now() + forMs;
    while (performance.now() < endMs) {
      const round = this.#drawn();
      const map: HammerMap = SharedMap.create({ maxBytes: round.maxBytes });
      try {
        if (this.#mode === "interleaved") this.#interleaved(round, SharedMap, map);
        else await this.#round(round, map);
      } catch (error) {
        const { hammering, ...others } = round;
        const how = JSON.stringify({ ...others, ...hammering });
        throw new Error(`Round ${this.checked.rounds}, ${how}:\n${(error as Error).message}`, { cause: error });
      }
    }
  }

  /** Ends all workers. */
  async end(): Promise<void> {
    await Promise.all(this.#hammers.map((worker) => worker.terminate()));
    this.#hammers = [];
  }

  #drawn(): Round {
    const random = this.#random;
    const one = <T>(...of: T[]): T => of[random(of.length)] as T;
    const isFull = random(20) === 0;
    return {
      seed: 1 + random(1_000_000),
      maxBytes: isFull ? 2 ** 16 : 2 ** 18,
      isOneSlow: this.#mode === "stopping" && one(true, false),
      deaths: this.#mode === "unedited" ? 0 : one(0, 0, 1, 2),
      terminations: this.#mode === "stopping" ? one(0, 0, 0, 0, 0, 1) : one(0, 0, 1, 2),
      hammering: {
        operations: isFull ? 100 : one(5, 10, 20, 50, 150),
        keys: one(1, 2, 4, 8),
        firstKey: random(8),
        reads: one(0, 50, 90),
        fillers: isFull ? 4 : one(0, 1, 1, 2, 3),
        fillsOneIn: isFull ? 1 : one(1, 3, 10),
        fillersKept: isFull ? Infinity : one(0, 2, Infinity),
        clearsOneIn: one(0, 0, 10, 50),
        iteratesOneIn: one(0, 50),
        stops: { oneIn: one(100, 300, 1_000, 3_000), maxMs: one(0.1, 0.3, 1) },
      },
    };
  }

  async #round({ seed, hammering, isOneSlow, deaths, terminations }: Round, map: HammerMap): Promise<void> {
    const hammered = new HammeredMap(map, this.#module);
    while (this.#hammers.length < WORKERS + terminations) this.#hammers.push(newHammer());
    const spare = this.#hammers.splice(WORKERS);
    let clients = 0;
    const start = async (worker: Worker, more: Partial<HammerOptions> = {}): Promise<void> => {
      const { hasDied } = await hammered.start(seed + clients++, { ...hammering, ...more }, worker).ended;
      // A worker that ended starts again as another client, unless it was terminated.
      if (hasDied && this.#hammers.includes(worker)) await start(worker);
    };
    const slow = { operations: Math.ceil(hammering.operations / 8), stops: { oneIn: 5, maxMs: 0.2 } };
    const all = this.#hammers.map((worker, at) => {
      const { operations, stops } = isOneSlow && at === 0 ? slow : hammering;
      const diesAt = at < deaths ? 1 + this.#random(20 * operations) : undefined;
      return start(worker, { operations, stops: { ...stops as Stops, diesAt } });
    });
    const isOver = Promise.all(all);
    isOver.catch(() => {});
    for (const worker of spare) {
      const wanted = hammered.returned + this.#random(WORKERS * hammering.operations / 2);
      await until(() => hammered.returned >= wanted, Promise.race([isOver, wait(20)]));
      const terminated = this.#hammers.pop() as Worker;
      await hammered.terminate(terminated);
      this.#hammers.unshift(worker);
      all.push(start(worker));
    }
    await untilOver(hammered, Promise.all(all));
    await hammered.settled();
    this.#checkMemory(map.handle, deaths + terminations);
    this.#check(hammered, map);
    if (deaths === 0) await this.#checkRoom(map);
    this.checked.deaths += deaths;
    this.checked.terminations += terminations;
  }

  #interleaved({ seed, hammering, deaths }: Round, SharedMap: Attachable, map: HammerMap): void {
    const random = this.#random;
    const hammered = new HammeredMap(map);
    let clients = 0;
    const how: Interleaving = {
      clients: 2 + random(3),
      steps: WORKERS * hammering.operations,
      oneIn: [3, 10, 30, 100, 300][random(5)] as number,
      inARowOneIn: [1, 3, 10][random(3)] as number,
      ...random(2) === 0 ? {} : { isInteresting: () => isSplitting(map.handle) },
      maxSteps: [1, 3, 10][random(3)] as number,
      deaths,
    };
    const options = { ...hammering, operations: how.steps };
    const attach = () => hammered.client(SharedMap.attach(map.handle), seed + clients++, options, LOOKS);
    const died = interleave(how, attach, random);
    this.#checkMemory(map.handle, died);
    this.#check(hammered, map);
    this.checked.deaths += died;
  }

  #check(hammered: HammeredMap, map: HammerMap): void {
    const { checked } = this;
    const history = hammered.history();
    const { verdict, violations } = hammered.verdict(history);
    if (verdict === "violated") throw new Error(violations[0]?.timeline);
    checkAtRest(
      map,
      history.filter(({ client }) => client === "after all").map(({ args, result }) => [args[0], result]),
    );
    checked[verdict]++;
    checked.rounds++;
    checked.operations += hammered.returned;
    checked.refused += Atomics.load(hammered.clock, 2);
    checked.clears += new Set(history.filter(({ name }) => name === "clear").map(({ calledAt }) => calledAt)).size;
  }

  /** Checks that `clear` gives back what terminated workers held, which an engine may take a while to end. */
  async #checkRoom(map: HammerMap): Promise<void> {
    const isWhole = () => {
      map.clear();
      return blocksOf(map.handle).lost === 0;
    };
    await until(isWhole, wait(HANG_MS));
    if (!isWhole()) throw new Error(`${blocksOf(map.handle).lost} blocks are lost after the map was cleared`);
  }

  #checkMemory(handle: SharedMapHandle, deaths: number): void {
    const { lost, slotsWritten } = blocksOf(handle);
    if (lost > deaths * LOST_BY_ONE) throw new Error(`${lost} blocks are lost after ${deaths} threads died`);
    this.checked.splits += slotsWritten;
    if (deaths > 0) this.checked.mostLost = Math.max(this.checked.mostLost, Math.ceil(lost / deaths));
  }
}

/** The class through which another client attaches to a map. */
type Attachable = Pick<typeof import("@twinmap/twinmap/shared").SharedMap, "attach">;

/** Throws unless an idle map has exactly these entries: the keys with a value. */
function checkAtRest(map: HammerMap, values: readonly (readonly [unknown, unknown])[]): void {
  const there = values.filter(([, value]) => value !== undefined);
  const keys = new Set(map.keys());
  const seen = { entries: [...map].length, different: keys.size, size: map.size };
  if (there.every(([key]) => keys.has(key as string | number)) && new Set(Object.values(seen)).size === 1) {
    if (keys.size === there.length) return;
  }
  throw new Error(`${there.length} keys have a value, but the idle map has ${JSON.stringify(seen)}`);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits for a condition, or until `sooner` settles. */
async function until(condition: () => boolean, sooner: Promise<unknown>): Promise<void> {
  let isOver = false;
  sooner.finally(() => isOver = true).catch(() => {});
  while (!condition() && !isOver) await wait(0);
}

/** Waits until all have ended. Throws if a worker threw or the map hangs. */
async function untilOver(hammered: HammeredMap, ended: Promise<unknown>): Promise<void> {
  let isOver = false;
  ended.finally(() => isOver = true).catch(() => {});
  const watch = async () => {
    for (let before = -1, sinceMs = performance.now(); !isOver; await wait(100)) {
      if (hammered.returned !== before) [before, sinceMs] = [hammered.returned, performance.now()];
      else if (performance.now() - sinceMs > HANG_MS) throw new Error(`No call has returned for ${HANG_MS} ms`);
    }
  };
  // Nothing waits for the watch: it ends by itself within 100 ms.
  await Promise.race([ended, watch().then(() => ended)]);
}
