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
 * Workers that serve one port together. Each connection is handed on to the next of them, byte by byte, which any runtime
 * and any system can do: the work is that of the workers. A worker that ends, however, is replaced, and its clients
 * connect again.
 */
export class Workers {
  readonly #maps: Omit<WorkerData, "number">;
  readonly #tell: (line: string) => void;
  readonly #serving: Serving[] = [];
  #started = 0;

  /**
   * @param maps What each worker attaches to.
   * @param tell Told what happens, in lines for people.
   */
  constructor(maps: Omit<WorkerData, "number">, tell: (line: string) => void) {
    this.#maps = maps;
    this.#tell = tell;
  }

  /** Starts as many workers, and returns the address that they then serve. */
  async serve(count: number, port: number): Promise<string> {
    await Promise.all(Array.from({ length: count }, () => this.#start()));
    const server = createServer({ allowHalfOpen: true }, (client) => this.#handOn(client)).listen(port, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Ends the worker whose turn is next, in the middle of whatever it does. */
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
    // An error is a connection that ended early, and both ends have been told by then.
    pipeline(client, connect({ port: next.port, host: "127.0.0.1", allowHalfOpen: true }), client, () => {});
  }
}
