/** A worker that owns a map and answers messages: the alternative to shared memory. */
import { parentPort, Worker, workerData } from "node:worker_threads";
import { filled } from "./contenders.ts";

interface Owned {
  readonly isOwner: true;
}

/** Asks the worker one question at a time. */
export class Owner {
  readonly #worker: Worker;
  #answer: (value: string | undefined) => void = () => {};

  constructor() {
    const workerData: Owned = { isOwner: true };
    this.#worker = new Worker(new URL("./owner.ts", import.meta.url), { workerData });
    this.#worker.on("message", (value: string | undefined) => this.#answer(value));
  }

  get(key: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#worker.postMessage(key);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

if ((workerData as Owned | null)?.isOwner) {
  const { read } = await filled("Map");
  parentPort?.on("message", (key: string) => parentPort?.postMessage(read(key)));
}
