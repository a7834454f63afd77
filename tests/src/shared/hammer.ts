/** A worker that does random operations on few keys of a map, and writes down each one in memory that outlives it. */
import { SharedMap, type SharedMapHandle } from "@twinmap/twinmap/shared";
import { isMainThread, parentPort, workerData } from "node:worker_threads";

/** What a worker is told. */
export interface Hammering {
  readonly handle: SharedMapHandle;
  /** Its first word is the clock of all workers; the second one stops them. */
  readonly clock: Int32Array;
  /** How many operations were begun, and the operations: see `RECORD`. */
  readonly log: Int32Array;
  readonly seed: number;
  /** How many operations it does. */
  readonly operations: number;
  /** How many other keys it inserts after each operation, so that the map grows. */
  readonly fillers: number;
  /** How many of those it leaves in the map. */
  readonly fillersKept: number;
}

/** How many words an operation takes: its name, key, two arguments, 1 + the time of its call and return, and its result. */
export const RECORD = 7;

export const NAMES: readonly string[] = [
  ...["get", "has", "set", "delete", "getOrInsert", "getAndDelete", "getAndSet", "compareAndSet", "compareAndDelete"],
  ...["add", "update", "getOrInsertComputed"],
];

/** Keys with a number each, and keys with a text, short or long, that stands for a number. */
export const KEYS: readonly (string | number)[] = [
  1,
  "a",
  -7,
  "a key that is a good deal longer than one block is wide, so that it takes two",
];

/** The results that are no whole numbers, by the numbers they are written down as. */
export const UNDEFINED: number = -1_000_001;
export const FALSE: number = -1_000_002;
export const TRUE: number = -1_000_003;
/** A text that nobody set. */
export const TORN: number = -1_000_004;

const isText = (key: string | number) => typeof key === "string";

/** The text for a number, of which each part is needed to read it. */
export function textOf(value: number): string {
  return `${value};`.repeat(1 + value % 7 * 5);
}

function numberOf(text: string): number {
  const value = Number(text.slice(0, text.indexOf(";")));
  return textOf(value) === text ? value : TORN;
}

function written(result: unknown): number {
  if (typeof result === "string") return numberOf(result);
  if (typeof result === "number") return result;
  if (result === undefined) return UNDEFINED;
  return result === true ? TRUE : FALSE;
}

function hammer({ handle, clock, log, seed, operations, fillers, fillersKept }: Hammering): void {
  const map = SharedMap.attach<string | number, string | number>(handle);
  let state = seed;
  const random = (below: number) => {
    state = state * 48271 % 2147483647;
    return state % below;
  };
  let filler = 0;
  for (let at = 0; at < operations && Atomics.load(clock, 1) === 0; at++) {
    const key = KEYS[random(KEYS.length)] as string | number;
    const name = random(NAMES.length);
    const [first, second] = [random(50), random(50)];
    const stored = (value: number) => isText(key) ? textOf(value) : value;
    if (isText(key) && NAMES[name] === "add") continue;
    const record = 1 + at * RECORD;
    log.set([name, KEYS.indexOf(key), first, second], record);
    log[record + 4] = 1 + Atomics.add(clock, 0, 1);
    const result = call(map, NAMES[name] as string, key, stored(first), stored(second), first);
    log[record + 6] = written(result);
    Atomics.store(log, record + 5, 1 + Atomics.add(clock, 0, 1));
    for (let more = 0; more < fillers; more++, filler++) {
      map.set(`filler ${seed} ${filler}`, "f".repeat(filler % 100));
      if (filler >= fillersKept) map.delete(`filler ${seed} ${filler - fillersKept}`);
    }
  }
}

function call(
  map: SharedMap<string | number, string | number>,
  name: string,
  key: string | number,
  first: string | number,
  second: string | number,
  delta: number,
): unknown {
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
      return map.add(key, delta);
    case "update":
      return map.update(key, (current) => next(current));
    default:
      return map.getOrInsertComputed(key, () => first);
  }
}

/** What `update` makes of a value. */
function next(current: string | number | undefined): string | number | undefined {
  if (typeof current === "string") return textOf(nextNumber(numberOf(current)) as number);
  return nextNumber(current);
}

/** What `update` makes of the number that a value stands for. */
export function nextNumber(current: number | undefined): number | undefined {
  return current === undefined ? undefined : (current + 1) % 50;
}

if (!isMainThread && workerData?.isHammering) {
  hammer(workerData);
  parentPort?.postMessage("done");
}
