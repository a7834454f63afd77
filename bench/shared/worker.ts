/** A worker that starts together with others, works for a fixed time, and counts its operations. */
import { parentPort, workerData } from "node:worker_threads";
import { SharedMap, type SharedMapHandle } from "../../src/shared/shared_map.ts";
import { ownLoop } from "../lib/batches.ts";
import { draws, filled, GET } from "./contenders.ts";

/** The work of a worker: read the shared map, read a `Map` of its own, or add to one key. */
export type Load = "get" | "get of Map" | "add";

/** What a worker starts with. */
export interface Job {
  readonly isJob: true;
  readonly load: Load;
  readonly handle: SharedMapHandle;
  /** Where in the draws it starts. */
  readonly at: number;
  /** How many windows have started. */
  readonly windows: Int32Array;
}

/** The work of one worker in a window. */
export interface Work {
  readonly operations: number;
  readonly elapsedMs: number;
}

export const HOT_KEY = "hits";
const BATCH = 1_000;

/** Reports that it is ready, waits for the window to start, works, and reports its work. */
async function serve({ load, handle, at: start, windows }: Job): Promise<void> {
  const map = load === "get of Map" ? (await filled("Map")).map : SharedMap.attach(handle);
  const loop = ownLoop(load === "add" ? `sum = map.add("${HOT_KEY}", 1);` : GET);
  let at = start;
  parentPort?.on("message", ({ window, windowMs }: { window: number; windowMs: number }) => {
    parentPort?.postMessage("ready");
    Atomics.wait(windows, 0, window - 1);
    const startMs = performance.now();
    let operations = 0;
    let elapsedMs: number;
    let sum = 0;
    do {
      sum += loop(map, draws, at, at + BATCH);
      at = (at + BATCH) % draws.length;
      operations += BATCH;
      elapsedMs = performance.now() - startMs;
    } while (elapsedMs < windowMs);
    if (!(sum > 0)) throw new Error(`Cannot measure reads: their sum is ${sum}`);
    parentPort?.postMessage({ operations, elapsedMs } satisfies Work);
  });
}

if ((workerData as Job | null)?.isJob) await serve(workerData as Job);
