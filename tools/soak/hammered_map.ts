/** Lets several workers hammer one map, and checks their history against the model of a map. */
import {
  checkLinearizable,
  type Linearizability,
  mapModel,
  type Model,
  type Operation,
} from "@twinmap/twinmap/linearizability";
import { assertEquals } from "@std/assert";
import { Worker } from "node:worker_threads";
import {
  Client,
  type Ended,
  FALSE,
  type HammerMap,
  type HammerOptions,
  keyOf,
  KEYS,
  nameOf,
  nextNumber,
  type Place,
  RECORD,
  TRUE,
  UNDEFINED,
  written,
} from "./hammer.ts";

/** The record of a worker. */
interface Log {
  readonly worker: Worker | undefined;
  readonly seed: number;
  readonly words: Int32Array;
}

/** A worker that waits for a map to hammer. */
export function newHammer(): Worker {
  return new Worker(new URL("./hammer.ts", import.meta.url), { workerData: { isHammering: true } });
}

/** Workers on one map, whose operations are checked together. */
export class HammeredMap {
  readonly map: HammerMap;
  /** The time, whether to stop, and the number of calls that found no room. */
  readonly clock: Int32Array = new Int32Array(new SharedArrayBuffer(12));
  readonly #module: string;
  readonly #logs: Log[] = [];
  readonly #clearings: Operation[] = [];
  readonly #zombies: (() => Promise<void>)[] = [];

  /** A map, and the module from which its workers import `SharedMap`. */
  constructor(map: HammerMap, module = "@twinmap/twinmap/shared") {
    this.map = map;
    this.#module = module;
  }

  /** Lets a worker hammer the map: a new worker if none is given. */
  start(seed: number, options: HammerOptions, hammer?: Worker): { worker: Worker; ended: Promise<Ended> } {
    const worker = hammer ?? newHammer();
    const place = this.#place(seed, options, 0, worker);
    const ended = endOf(worker).finally(() => hammer === undefined && worker.terminate());
    worker.postMessage({ module: this.#module, handle: this.map.handle, ...place, ...options });
    return { worker, ended };
  }

  /** A client in this thread, which makes at most so many looks at a key for each operation. */
  client(attached: HammerMap, seed: number, options: HammerOptions, looks: number): Client {
    return new Client(attached, this.#place(seed, options, looks), options);
  }

  #place(seed: number, options: HammerOptions, looks = 0, worker?: Worker): Place {
    const calls = options.operations * (1 + 2 * options.fillers + looks);
    const log = new Int32Array(new SharedArrayBuffer(4 * (2 + RECORD * calls)));
    this.#logs.push({ worker, seed, words: log });
    return { clock: this.clock, log, seed };
  }

  /**
   * Terminates a worker. Deno lets a busy worker run on until it ends by itself: its operations are still recorded, and
   * `settled` waits for its end.
   */
  async terminate(worker: Worker): Promise<void> {
    const atMs = performance.now();
    await worker.terminate();
    if (!("Deno" in globalThis)) return;
    const logs = this.#logs.filter((log) => log.worker === worker).map(({ words }) => words);
    this.#zombies.push(async () => {
      while (performance.now() < atMs + 3_000 && !logs.every((log) => Atomics.load(log, log.length - 1) === 1)) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    });
  }

  /** Tells all workers to end, and waits for those that were terminated. */
  async settled(): Promise<void> {
    Atomics.store(this.clock, 1, 1);
    for (const hasEnded of this.#zombies) await hasEnded();
  }

  /** Clears the map, in this thread. */
  clear(): void {
    const calledAt = Atomics.add(this.clock, 0, 1);
    this.map.clear();
    const returnedAt = Atomics.add(this.clock, 0, 1);
    this.#clearings.push({ client: "clears", name: "clear", args: [], calledAt, returnedAt, result: undefined });
  }

  /** How many operations have returned. */
  get returned(): number {
    return Atomics.load(this.clock, 0) >> 1;
  }

  /** The operations of the workers, and the value of each of their keys in the end. */
  history(): Operation[] {
    const calls = [...this.#logs.flatMap((log, client) => callsOf(log, client)), ...this.#clearings];
    const keys = new Set([...KEYS, ...calls.flatMap(({ args }) => args.slice(0, 1) as (string | number)[])]);
    const operations = calls.flatMap((call) => call.name === "clear" ? clearings(call, keys) : [call]);
    for (const key of keys) {
      const calledAt = Atomics.add(this.clock, 0, 2);
      const result = read(written(this.map.get(key)));
      operations.push({ client: "after all", name: "get", args: [key], calledAt, returnedAt: calledAt + 1, result });
    }
    return operations;
  }

  /** The verdict of the checker on their history. */
  verdict(history: readonly Operation[]): Linearizability {
    return checkLinearizable(history, model);
  }

  /** Throws unless the model explains their history. */
  check(): void {
    const { verdict, violations } = this.verdict(this.history());
    assertEquals(verdict, "linearizable", violations.map(({ timeline }) => timeline).join("\n"));
  }
}

/** Waits until a worker reports its end, or is terminated. */
function endOf(worker: Worker): Promise<Ended> {
  let forget = () => {};
  return new Promise<Ended>((resolve, reject) => {
    const say = (ended: Ended) => ended.error === undefined ? resolve(ended) : reject(ended.error);
    const exit = () => resolve({ hasDied: true });
    worker.on("message", say).on("error", reject).on("exit", exit);
    forget = () => worker.off("message", say).off("error", reject).off("exit", exit);
  }).finally(() => forget());
}

const ofKeys = mapModel();

/** The model of a map, extended by the effect of `clear` on one key. */
const model: Model<unknown> = {
  ...ofKeys,
  operations: {
    ...ofKeys.operations,
    clear: (state, key) => ({ state: ofKeys.operations.delete?.(state, key as never)?.state }),
  },
};

/** A call of `clear` as one call for each key: each can take effect at a moment of its own during the call. */
function clearings(call: Operation, keys: ReadonlySet<string | number>): Operation[] {
  return [...keys].map((key, at) => ({ ...call, client: `${call.client}, key ${at}`, args: [key] }));
}

function callsOf({ seed, words }: Log, client: number): Operation[] {
  const operations: Operation[] = [];
  const end = 1 + RECORD * (words[0] as number);
  for (let at = 1; at < end; at += RECORD) {
    const [name = 0, key = 0, first = 0, second = 0, calledAt = 0, returnedAt = 0, result = 0] = words.subarray(
      at,
      at + RECORD,
    );
    if (calledAt === 0) continue;
    operations.push({
      client,
      name: nameOf(name),
      args: [keyOf(key, seed), ...argumentsOf(nameOf(name), first, second)],
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

/** The same function for the same number, so that the checker sees that two calls have the same effect. */
const constants = Array.from({ length: 50 }, (_, value) => () => value);

function constant(value: number): () => number {
  return constants[value] as () => number;
}

function read(result: number): unknown {
  if (result === UNDEFINED) return undefined;
  if (result === TRUE || result === FALSE) return result === TRUE;
  return result;
}
