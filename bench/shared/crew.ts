/** Workers that do the same work on one map and start at the same time. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { SharedMapHandle } from "../../src/shared/shared_map.ts";
import { draws } from "./contenders.ts";
import type { Job, Load, Work } from "./worker.ts";

export class Crew {
  readonly #workers: readonly Worker[];
  readonly #windows: Int32Array = new Int32Array(new SharedArrayBuffer(4));

  /** Each worker starts at a different place in the draws. */
  constructor(load: Load, handle: SharedMapHandle, workers: number) {
    this.#workers = Array.from({ length: workers }, (_, index) => {
      const at = index * draws.length / workers;
      const workerData: Job = { isJob: true, load, handle, at, windows: this.#windows };
      return new Worker(new URL("./worker.ts", import.meta.url), { workerData });
    });
  }

  /** Lets the first `count` workers work for `windowMs` milliseconds. */
  async work(count: number, windowMs: number): Promise<Work[]> {
    const workers = this.#workers.slice(0, count);
    const window = Atomics.load(this.#windows, 0) + 1;
    const ready = workers.map((worker) => once(worker, "message"));
    for (const worker of workers) worker.postMessage({ window, windowMs });
    await Promise.all(ready);
    const done = workers.map((worker) => once(worker, "message") as Promise<[Work]>);
    Atomics.store(this.#windows, 0, window);
    Atomics.notify(this.#windows, 0);
    return (await Promise.all(done)).map(([work]) => work);
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** Returns the time per operation of all workers together. */
export function operationNs(works: readonly Work[]): number {
  return 1e6 / works.reduce((perMs, { operations, elapsedMs }) => perMs + operations / elapsedMs, 0);
}
