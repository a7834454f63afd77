import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { pipeline } from "node:stream";
import { Worker } from "node:worker_threads";
import type { WorkerData } from "./worker.ts";

/** A worker that takes connections. */
interface Serving {
  readonly number: number;
  readonly worker: Worker;
  readonly port: number;
}

/**
 * Workers that serve one port together. This thread only passes the bytes of each connection to the next worker, which
 * works on every runtime and system. A worker that ends for any reason is replaced, and its clients connect again.
 */
export class Workers {
  readonly #maps: Omit<WorkerData, "number">;
  readonly #tell: (line: string) => void;
  readonly #serving: Serving[] = [];
  #started = 0;

  /**
   * @param maps The maps that each worker attaches to.
   * @param tell Called with a line of text for each thing that happens.
   */
  constructor(maps: Omit<WorkerData, "number">, tell: (line: string) => void) {
    this.#maps = maps;
    this.#tell = tell;
  }

  /** Starts that many workers, and returns the address that they serve. */
  async serve(count: number, port: number): Promise<string> {
    await Promise.all(Array.from({ length: count }, () => this.#start()));
    const server = createServer({ allowHalfOpen: true }, (client) => this.#handOn(client)).listen(port, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Terminates the worker whose turn is next, whatever it is doing. */
  async terminateOne(): Promise<void> {
    await this.#serving.shift()?.worker.terminate();
  }

  async #start(): Promise<Serving> {
    const number = ++this.#started;
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: { number, ...this.#maps } });
    const [port] = await once(worker, "message");
    const serving: Serving = { number, worker, port };
    worker.on("error", (error) => this.#tell(`Worker ${number} failed: ${error}`));
    worker.on("exit", () => this.#replace(serving));
    this.#serving.push(serving);
    return serving;
  }

  async #replace(ended: Serving): Promise<void> {
    if (this.#serving.includes(ended)) this.#serving.splice(this.#serving.indexOf(ended), 1);
    const { number } = await this.#start();
    this.#tell(`Worker ${ended.number} has ended; worker ${number} goes on with the same maps.`);
  }

  #handOn(client: Socket): void {
    const next = this.#serving.shift();
    if (next === undefined) return void client.destroy();
    this.#serving.push(next);
    // An error means that the connection ended early; both ends know that already.
    pipeline(client, connect({ port: next.port, host: "127.0.0.1", allowHalfOpen: true }), client, () => {});
  }
}
