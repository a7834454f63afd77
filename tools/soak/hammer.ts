/** A worker that does random operations on a few keys of a map, and records each one in memory that outlives it. */
import type { SharedMap, SharedMapHandle } from "@twinmap/twinmap/shared";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { Died, stopFromNowOn, type Stops } from "./stop.ts";

/** Options for a worker. */
export interface HammerOptions {
  /** How many operations it makes. */
  readonly operations: number;
  /** How many of `KEYS` it uses, starting at `firstKey`. */
  readonly keys?: number;
  readonly firstKey?: number;
  /** How many of 100 operations are `get`, in addition to those drawn at random. */
  readonly reads?: number;
  /** How many keys of its own it inserts after one operation in `fillsOneIn`, or after each, so that the map grows. */
  readonly fillers: number;
  readonly fillsOneIn?: number;
  /** How many of its own keys it leaves in the map. */
  readonly fillersKept: number;
  /** It clears the map in place of one operation in this many; 0: never. */
  readonly clearsOneIn?: number;
  /** It iterates over the map after one operation in this many; 0: never. */
  readonly iteratesOneIn?: number;
  /** How it stops in the middle of operations, if the map was edited for that. */
  readonly stops?: Stops;
}

/** What a worker reports when it has ended. */
export interface Ended {
  /** Whether it died in the middle of an operation, as its options said. */
  readonly hasDied?: boolean;
  /** What it threw. */
  readonly error?: Error;
}

/** Where a client records what it does. */
export interface Place {
  /** The clock of all clients; then a word that stops them; then the number of calls that found no room. */
  readonly clock: Int32Array;
  /** The number of calls that began, the calls (see `RECORD`), and 1 if there will be no more. */
  readonly log: Int32Array;
  readonly seed: number;
}

/** What a worker starts with. */
export interface Hammering extends HammerOptions, Place {
  /** The module that exports `SharedMap`. */
  readonly module: string;
  readonly handle: SharedMapHandle;
}

export type HammerMap = SharedMap<string | number, string | number>;

/** The words of a call: its name, key, two arguments, 1 + the time of its call and of its return, and its result. */
export const RECORD = 7;

export const NAMES: readonly string[] = [
  ...["get", "has", "set", "delete", "getOrInsert", "getAndDelete", "getAndSet", "compareAndSet", "compareAndDelete"],
  ...["add", "update", "getOrInsertComputed"],
  // More often than the others: only `set` finds and writes in one call.
  ...["set", "set"],
];
const CLEAR = "clear";

/** Keys. Those that are numbers have numbers for values; those that are texts have texts that stand for numbers. */
export const KEYS: readonly (string | number)[] = [
  1,
  "a",
  -7,
  "a key that is a good deal longer than one block is wide, so that it takes two",
  "b",
  "c",
  "ключ",
  2 ** 40,
];

/** The numbers in a record that stand for results other than whole numbers. */
export const UNDEFINED: number = -1_000_001;
export const FALSE: number = -1_000_002;
export const TRUE: number = -1_000_003;
/** A text that nobody set. */
export const TORN: number = -1_000_004;

const isText = (key: string | number) => typeof key === "string";

/** The name that this number stands for. */
export function nameOf(name: number): string {
  return NAMES[name] ?? CLEAR;
}

/** The key that this number stands for in the record of a worker with this seed. */
export function keyOf(key: number, seed: number): string | number {
  return KEYS[key] ?? `filler ${seed} ${key - KEYS.length}`;
}

/** Returns the text for a number. Every part of it is needed to read the number back. */
export function textOf(value: number): string {
  return `${value};`.repeat(1 + value % 7 * 5);
}

/** The number that stands for a result. */
export function written(result: unknown): number {
  if (typeof result === "string") return numberOf(result);
  if (typeof result === "number") return Number.isInteger(result) ? result : TORN;
  if (result === undefined) return UNDEFINED;
  return result === true ? TRUE : FALSE;
}

function numberOf(text: string): number {
  const value = Number(text.slice(0, text.indexOf(";")));
  return textOf(value) === text ? value : TORN;
}

/** One user of a map, with a table of its own. */
export class Client {
  readonly #map: HammerMap;
  readonly #at: Place;
  readonly #options: HammerOptions;
  #state: number;
  #fillers = 0;

  constructor(map: HammerMap, at: Place, options: HammerOptions) {
    this.#map = map;
    this.#at = at;
    this.#options = options;
    this.#state = at.seed;
  }

  /**
   * Does one operation on the keys, and whatever else the options say; or only one operation on the key number `only`.
   */
  step(only?: number, isLook = false): void {
    const { keys = KEYS.length, firstKey = 0, reads = 0, fillers, fillersKept } = this.#options;
    const { fillsOneIn = 1, clearsOneIn = 0, iteratesOneIn = 0 } = this.#options;
    const key = only ?? (firstKey + this.#random(keys)) % KEYS.length;
    const name = NAMES[this.#random(NAMES.length)] as string;
    const [first, second] = [this.#random(50), this.#random(50)];
    const isGet = isLook || this.#random(100) < reads || name === "add" && isText(KEYS[key] as string | number);
    if (only === undefined && this.#isOneIn(clearsOneIn)) this.#record(CLEAR, key);
    else this.#record(isGet ? "get" : name, key, first, second);
    if (only !== undefined) return;
    const added = this.#isOneIn(fillsOneIn) ? fillers : 0;
    for (let more = 0; more < added; more++) {
      const filler = this.#fillers++;
      this.#record("set", KEYS.length + filler, filler % 50);
      if (filler >= fillersKept) this.#record("delete", KEYS.length + filler - fillersKept);
    }
    if (this.#isOneIn(iteratesOneIn)) iterate(this.#map);
  }

  /** Records a call, and makes it. */
  #record(name: string, key: number, first = 0, second = 0): void {
    const { clock, log, seed } = this.#at;
    const at = 1 + RECORD * (log[0] as number);
    log.set([name === CLEAR ? NAMES.length : NAMES.indexOf(name), key, first, second], at);
    log[at + 4] = 1 + Atomics.add(clock, 0, 1);
    Atomics.add(log, 0, 1);
    try {
      log[at + 6] = written(call(this.#map, name, keyOf(key, seed), first, second));
      Atomics.store(log, at + 5, 1 + Atomics.add(clock, 0, 1));
    } catch (error) {
      if (error instanceof Died) throw error;
      // A call that found no room had no effect.
      if ((error as Error).name !== "CapacityError") {
        throw new Error(`${name} of ${keyOf(key, seed)} threw: ${(error as Error).message}`, { cause: error });
      }
      log[at + 4] = 0;
      Atomics.add(clock, 2, 1);
    }
  }

  #random(below: number): number {
    this.#state = this.#state * 48271 % 2147483647;
    return this.#state % below;
  }

  #isOneIn(many: number): boolean {
    return many > 0 && this.#random(many) === 0;
  }
}

async function hammer({ module, handle, ...hammering }: Hammering): Promise<void> {
  const { SharedMap } = await import(module) as typeof import("@twinmap/twinmap/shared");
  stopFromNowOn(hammering.seed, hammering.stops ?? { oneIn: 0, maxMs: 0 });
  const client = new Client(SharedMap.attach(handle), hammering, hammering);
  for (let at = 0; at < hammering.operations && Atomics.load(hammering.clock, 1) === 0; at++) client.step();
}

function call(map: HammerMap, name: string, key: string | number, firstNumber: number, secondNumber: number): unknown {
  const [first, second] = isText(key) ? [textOf(firstNumber), textOf(secondNumber)] : [firstNumber, secondNumber];
  switch (name) {
    case "get":
      return map.get(key);
    case "has":
      return map.has(key);
    case "set":
      return void map.set(key, first);
    case "delete":
      return map.delete(key);
    case "getOrInsert":
      return map.getOrInsert(key, first);
    case "getAndDelete":
      return map.getAndDelete(key);
    case "getAndSet":
      return map.getAndSet(key, first);
    case "compareAndSet":
      return map.compareAndSet(key, first, second);
    case "compareAndDelete":
      return map.compareAndDelete(key, first);
    case "add":
      return map.add(key, firstNumber);
    case "update":
      return map.update(key, (current) => next(current));
    case CLEAR:
      return map.clear();
    default:
      return map.getOrInsertComputed(key, () => first);
  }
}

/** Throws if a key appears twice, or with a torn value. */
function iterate(map: HammerMap): void {
  const seen = new Set<string | number>();
  for (const [key, value] of map) {
    if (seen.has(key)) throw new Error(`Iteration visited the key ${key} twice`);
    if (written(value) === TORN) throw new Error(`Iteration visited a torn value of the key ${key}: ${value}`);
    seen.add(key);
  }
}

/** The value that `update` replaces a value with. */
function next(current: string | number | undefined): string | number | undefined {
  if (typeof current === "string") return textOf(nextNumber(numberOf(current)) as number);
  return nextNumber(current);
}

/** The number that `update` replaces the number of a value with. */
export function nextNumber(current: number | undefined): number | undefined {
  return current === undefined ? undefined : (current + 1) % 50;
}

if (!isMainThread && workerData?.isHammering) {
  parentPort?.on("message", async (hammering: Hammering) => {
    let ended: Ended = {};
    try {
      await hammer(hammering);
    } catch (error) {
      ended = error instanceof Died ? { hasDied: true } : { error: error as Error };
    }
    Atomics.store(hammering.log, hammering.log.length - 1, 1);
    parentPort?.postMessage(ended);
  });
}
