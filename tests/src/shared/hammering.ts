/** Lets several workers hammer one map, and holds what they saw to the model. */
import type { SharedMap } from "@twinmap/twinmap/shared";
import { checkLinearizable, mapModel, type Operation } from "@twinmap/twinmap/linearizability";
import { assertEquals } from "@std/assert";
import { Worker } from "node:worker_threads";
import { FALSE, type Hammering, KEYS, NAMES, nextNumber, RECORD, TRUE, UNDEFINED } from "./hammer.ts";

export type Map = SharedMap<string | number, string | number>;

/** Workers on one map, whose operations are checked together. */
export class HammeredMap {
  readonly map: Map;
  readonly clock: Int32Array = new Int32Array(new SharedArrayBuffer(8));
  readonly #logs: Int32Array[] = [];

  constructor(map: Map) {
    this.map = map;
  }

  /** Starts a worker. */
  start(
    seed: number,
    options: Pick<Hammering, "operations" | "fillers" | "fillersKept">,
  ): { worker: Worker; ended: Promise<void> } {
    const log = new Int32Array(new SharedArrayBuffer(4 * (1 + RECORD * options.operations)));
    this.#logs.push(log);
    const { handle } = this.map;
    const workerData = { isHammering: true, handle, clock: this.clock, log, seed, ...options };
    const worker = new Worker(new URL("./hammer.ts", import.meta.url), { workerData });
    const ended = new Promise<void>((resolve, reject) => {
      worker.on("error", reject);
      worker.on("message", () => resolve());
      worker.on("exit", () => resolve());
    });
    return { worker, ended };
  }

  /** How many operations have returned. */
  get returned(): number {
    return Atomics.load(this.clock, 0) / 2;
  }

  /** What the workers did, and what the keys have in the end. */
  history(): Operation[] {
    const operations = this.#logs.flatMap((log, client) => operationsOf(log, client));
    for (const key of KEYS) {
      const calledAt = Atomics.add(this.clock, 0, 2);
      const value = this.map.get(key);
      const result = typeof value === "string" ? Number(value.slice(0, value.indexOf(";"))) : value;
      operations.push({ client: "after all", name: "get", args: [key], calledAt, returnedAt: calledAt + 1, result });
    }
    return operations;
  }

  /** Throws unless what all of them saw can be explained. */
  check(): void {
    const { verdict, violations } = checkLinearizable(this.history(), mapModel());
    assertEquals(verdict, "linearizable", violations.map(({ timeline }) => timeline).join("\n"));
  }
}

function operationsOf(log: Int32Array, client: number): Operation[] {
  const operations: Operation[] = [];
  for (let at = 1; at < log.length; at += RECORD) {
    const [name = 0, key = 0, first = 0, second = 0, calledAt = 0, returnedAt = 0, result = 0] = log.subarray(
      at,
      at + RECORD,
    );
    if (calledAt === 0) continue;
    operations.push({
      client,
      name: NAMES[name] as string,
      args: [KEYS[key], ...argumentsOf(NAMES[name] as string, first, second)],
      calledAt: calledAt - 1,
      ...(returnedAt === 0 ? {} : { returnedAt: returnedAt - 1, result: read(result) }),
    });
  }
  return operations;
}

function argumentsOf(name: string, first: number, second: number): unknown[] {
  if (name === "update") return [nextNumber];
  if (name === "getOrInsertComputed") return [constant(first)];
  return [first, second];
}

/** The same function for the same number, so that the checker knows calls of the same effect. */
const constants = Array.from({ length: 50 }, (_, value) => () => value);

function constant(value: number): () => number {
  return constants[value] as () => number;
}

function read(result: number): unknown {
  if (result === UNDEFINED) return undefined;
  if (result === TRUE || result === FALSE) return result === TRUE;
  return result;
}
