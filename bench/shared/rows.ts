/** The rows of the table: what is measured against what, and the bounds. */
import { SharedMap } from "../../src/shared/shared_map.ts";
import { batches, ownLoop } from "../lib/batches.ts";
import { KEY_COUNT, shuffledKeys } from "../lib/keys.ts";
import { drawKeys, type KeyKind, makeKeys } from "../maps/keys.ts";
import { type Claim, compare, type Contender } from "../lib/ratio.ts";
import { type ContenderName, draws, type Filled, filled, GET, SET, wrongAnswers } from "./contenders.ts";
import { Owner } from "./owner.ts";
import { addsByTwo, byTwo } from "./two_workers.ts";

/** Measures, prints, and returns whether the claim holds. */
export type Row = () => Promise<boolean>;

type Bounds = Pick<Claim, "atMost" | "timesFaster">;
/** An operation on a map of 100,000 strings, a batch at a time. */
type Operation = (filled: Filled, batch: number) => Contender;

const MILLION = 1_000_000;
/** For operations of nanoseconds: mitata would repeat shorter batches 4096 times. */
const BATCH = 10_000;
/** For operations of microseconds. */
const SLOW_BATCH = 500;
const SLOW: readonly ContenderName[] = ["sharedmap", "sharedmap, 95 % full", "lmdb", "lmdb, written in mapped memory"];

const isJsc = "Bun" in globalThis;

/** Ten copies of each key, each its own string, so that a map cannot recognise a key by its address. */
const copies = (): string[] => JSON.parse(JSON.stringify(Array.from({ length: 10 }, () => shuffledKeys).flat()));
const missing = shuffledKeys.map((key) => key.replace("user", "miss"));

const get: Operation = ({ map }, batch) => batches(map, draws, GET, batch);
const set: Operation = ({ map, set }, batch) => batches(map, draws, set, batch);
const getByCopies: Operation = ({ map }, batch) => batches(map, copies(), GET, batch);
const getMiss: Operation = ({ map }, batch) =>
  batches(map, missing, "if (map.get(keys[i]) !== undefined) throw new Error(keys[i]);", batch);
const getOrInsert: Operation = ({ map }, batch) =>
  batches(map, draws, "sum += map.getOrInsert(keys[i], keys[i]).charCodeAt(12);", batch);
/** Writes one key in ten. A key is chosen by its place in the first half of the draws, so it gets both its values. */
const mixed: Operation = ({ map, set }, batch) =>
  batches(map, draws, `if ((i < keys.length / 2 ? i : i + 1) % 10) { ${GET} } else { ${set} }`, batch);
/** One batch in ten starts by clearing the map; the median is not one of those. */
const setNew: Operation = ({ map }, batch) => batches(map, shuffledKeys, `if (i === 0) map.clear(); ${SET}`, batch);
/** One batch in ten starts by filling the map; the median is not one of those. */
const deleteAll: Operation = ({ map }, batch) =>
  batches(
    map,
    shuffledKeys,
    "if (i === 0) for (const key of keys) map.set(key, key); if (!map.delete(keys[i])) throw new Error(keys[i]);",
    batch,
  );

/** Measures an operation on a `SharedMap` against the same operation on another map. */
function against(what: string, operation: Operation, peer: ContenderName, bounds: Bounds = {}): Row {
  return async () => {
    const claim: Claim = { what, against: peer, ...bounds };
    const maps = [await filled("SharedMap")];
    try {
      maps.push(await filled(peer));
    } catch (error) {
      console.log(`${what}, against ${peer}\n  not measured here: ${(error as Error).message}`);
      return true;
    }
    const [ours, theirs] = maps as [Filled, Filled];
    for (const map of maps) checkAnswers(map);
    const batch = SLOW.includes(peer) ? SLOW_BATCH : BATCH;
    const holds = await compare(claim, operation(ours, BATCH), operation(theirs, batch));
    if (![setNew, deleteAll].includes(operation)) { for (const map of maps) checkAnswers(map); }
    for (const map of maps) map.close();
    return holds;
  };
}

function checkAnswers(map: Filled): void {
  const wrong = wrongAnswers(map);
  if (wrong > 0) throw new Error(`Cannot measure a map that answers wrongly: ${wrong} of ${KEY_COUNT} keys`);
}

/** Measures `get` of random keys out of a million. */
function getOfMillion(keyKind: KeyKind, bounds: Bounds = {}): Row {
  const value = keyKind === "strings" ? "keys[keys.length - 1 - i]" : "i";
  const body = keyKind === "strings" ? GET : "sum ^= map.get(keys[i]);";
  return async () => {
    const keys = makeKeys(keyKind, MILLION);
    const drawn = drawKeys(keys, MILLION, false);
    const reads = (map: unknown): Contender => {
      ownLoop(`map.set(keys[i], ${value});`)(map, keys, 0, MILLION);
      const wrong = ownLoop(`if (map.get(keys[i]) !== ${value}) sum++;`)(map, keys, 0, MILLION);
      if (wrong > 0) throw new Error(`Cannot measure a map that answers wrongly: ${wrong} of ${MILLION} keys`);
      return batches(map, drawn, body, BATCH);
    };
    const what = `get, 1,000,000 ${keyKind === "strings" ? "strings" : "whole numbers to numbers"}`;
    return await compare({ what, against: "Map", ...bounds }, reads(SharedMap.create()), reads(new Map()));
  };
}

/** Measures `get` against asking a worker that owns a `Map`. */
async function getAgainstAsking(): Promise<boolean> {
  const ours = await filled("SharedMap");
  checkAnswers(ours);
  const owner = new Owner();
  let at = 0;
  const asks: Contender = {
    operations: 100,
    run: async () => {
      for (const key of draws.slice(at, at + 100)) {
        if (await owner.get(key) !== ours.read(key)) {
          throw new Error(`Cannot measure a worker that answers wrongly: key ${key}`);
        }
      }
      at = (at + 100) % draws.length;
    },
  };
  const claim = { what: "get", against: "asking a worker by postMessage", timesFaster: 100 };
  const holds = await compare(claim, get(ours, BATCH), asks);
  await owner.end();
  return holds;
}

/** Each runs in a process of its own, like a service with one such map. */
export const ROWS: readonly Row[] = [
  against("get", get, "sharedmap", { timesFaster: 10 }),
  against("get", get, "lmdb", { timesFaster: 3 }),
  () => byTwo({ what: "get, two workers at once", against: "one worker", timesFaster: 1.7 }, "get"),
  against("set existing", set, "sharedmap", { timesFaster: 10 }),
  against("set existing", set, "lmdb", { timesFaster: 5 }),
  getOfMillion("whole numbers", isJsc ? { atMost: 1.2 } : { timesFaster: 1 }),
  addsByTwo,
  getAgainstAsking,
  () => byTwo({ what: "the same with a Map in each worker", against: "one worker" }, "get of Map"),
  against("get", get, "sharedmap, 95 % full"),
  against("set existing", set, "lmdb, written in mapped memory"),
  against("9 get to a set", mixed, "sharedmap"),
  against("9 get to a set", mixed, "lmdb"),
  against("9 get to a set", mixed, "Map"),
  against("get", get, "Map"),
  against("get by one of ten copies of a key", getByCopies, "Map"),
  getOfMillion("strings"),
  against("get miss", getMiss, "Map"),
  against("set existing", set, "Map"),
  against("set new", setNew, "Map"),
  against("delete", deleteAll, "Map"),
  against("getOrInsert of what is there", getOrInsert, "NativeMap"),
];
