/** Lets short-lived workers attach many times to a map that is nearly full, and checks that the map loses nothing. */
import { CapacityError, SharedMap, type SharedMapHandle } from "@twinmap/twinmap/shared";
import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { blocksOf } from "./blocks.ts";

/** How many workers use the map, two at a time, and how often each of them attaches. */
export interface Visits {
  readonly workers: number;
  readonly attaches: number;
}

interface Visitor {
  readonly handle: SharedMapHandle;
  readonly attaches: number;
  /** The number of the worker. */
  readonly number: number;
}

type VisitedMap = SharedMap<string, number | string>;

/** A value of the length of those that fill the map, and of those that visitors replace. */
const LONG = "v".repeat(200);

/**
 * Lets workers attach to a map, and checks the map afterwards.
 *
 * @throws {Error} If the map has other entries afterwards, or less room, or has lost memory.
 */
export async function visit({ workers, attaches }: Visits): Promise<void> {
  const map: VisitedMap = SharedMap.create({ maxBytes: 2 ** 18 });
  map.set("hits", 0);
  // The workers need half of the room that is freed here.
  const room = filled(map);
  for (let at = 0; at < 40; at++) map.delete(`filler ${at}`);
  const size = map.size;
  for (let number = 0; number < workers; number += 2) {
    const pair = [number, number + 1].slice(0, workers - number);
    await Promise.all(pair.map((number) => visitor({ handle: map.handle, attaches, number })));
  }
  const { lost } = blocksOf(map.handle);
  const seen = { hits: map.get("hits"), size: map.size, lost, room: filled(map) };
  const expected = { hits: workers * attaches, size, lost: 0, room };
  if (JSON.stringify(seen) === JSON.stringify(expected)) return;
  throw new Error(`After ${workers} workers there are ${JSON.stringify(seen)} instead of ${JSON.stringify(expected)}`);
}

/** Fills a map, and returns how many entries of this kind it has then. */
function filled(map: VisitedMap): number {
  for (let at = 0;; at++) {
    try {
      map.set(`filler ${at}`, LONG);
    } catch (error) {
      if (error instanceof CapacityError) return at;
      throw error;
    }
  }
}

/** Terminates every other worker when it is done; the others end by themselves. */
function isTerminated({ number }: Visitor): boolean {
  return number % 2 === 0;
}

async function visitor(workerData: Visitor): Promise<void> {
  const worker = new Worker(new URL("./visits.ts", import.meta.url), { workerData });
  const exit = once(worker, "exit");
  await once(worker, "message");
  if (isTerminated(workerData)) await worker.terminate();
  await exit;
}

if (!isMainThread && (workerData as Visitor | null)?.attaches !== undefined) {
  const visitor = workerData as Visitor;
  const { handle, attaches, number } = visitor;
  for (let at = 0; at < attaches; at++) {
    const map: VisitedMap = SharedMap.attach(handle);
    map.add("hits", 1);
    map.set(`filler ${100 + at % 100}`, LONG);
    map.set(`visitor ${number} ${at}`, LONG);
    map.delete(`visitor ${number} ${at}`);
    if (at % 2 === 0) map.close();
  }
  if (isTerminated(visitor)) parentPort?.on("message", () => {});
  parentPort?.postMessage("done");
}
