/**
 * A process on Deno that uses a `DenoKvMap` in a file, for the tests: `deno_kv_process.ts FILE PROCESSES CLIENTS CALLS`. It waits
 * until so many processes are ready, lets so many clients make so many calls each, and says what each of them saw: an operation as
 * JSON, one a line. Its last line is the number of calls that all processes have counted by then.
 */
import { type DenoKvDatabase, DenoKvMap, StoreError } from "@twinmap/twinmap/deno-kv";
import { writeSync } from "node:fs";
import process from "node:process";

const [file = "", processes, clients, calls] = process.argv.slice(2);
const KEYS = ["a", "b", "c"];
const { openKv } = (globalThis as unknown as { Deno: { openKv(path: string): Promise<DenoKvDatabase> } }).Deno;
const map = new DenoKvMap<string, number>(await openKv(file), { prefix: "numbers" });
const any = (length: number) => Math.floor(Math.random() * length);

const CALLS: { readonly [name: string]: (key: string, ...values: number[]) => Promise<unknown> } = {
  get: (key) => map.get(key),
  set: (key, value) => map.set(key, value!).then(() => {}),
  getOrInsert: (key, value) => map.getOrInsert(key, value!),
  getAndSet: (key, value) => map.getAndSet(key, value!),
  compareAndSet: (key, expected, value) => map.compareAndSet(key, expected!, value!),
  delete: (key) => map.delete(key),
  getAndDelete: (key) => map.getAndDelete(key),
};
const NAMES = Object.keys(CALLS);

/** Deno KV does not wait for another process, and fails. A call that was not applied is left out of the history. */
async function untilUnlocked(call: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      return void await call();
    } catch (error) {
      if (!(error instanceof StoreError && error.outcome === "not applied" && error.retryable)) throw error;
    }
  }
}

async function client(): Promise<void> {
  for (let call = 0; call < Number(calls); call++) {
    const [name, key] = [NAMES[any(NAMES.length)] as string, KEYS[any(KEYS.length)] as string];
    const args = [any(4), any(4)].slice(0, CALLS[name]!.length - 1);
    await untilUnlocked(async () => {
      // The processes share a clock that is exact to a millisecond: the call began later, and returned earlier.
      const calledAt = Date.now();
      const result = await CALLS[name]!(key, ...args);
      operations.push({ name, args: [key, ...args], result, calledAt, returnedAt: Date.now() + 1 });
    });
    await untilUnlocked(() => map.update("count", (count = 0) => count + 1));
  }
}

const operations: unknown[] = [];
await untilUnlocked(() => map.update("ready", (ready = 0) => ready + 1));
for (let ready = 0; ready < Number(processes);) {
  await untilUnlocked(async () => ready = await map.get("ready") ?? 0);
}
await Promise.all(Array.from({ length: Number(clients) }, client));
for (const operation of operations) writeSync(1, `${JSON.stringify(operation)}\n`);
await untilUnlocked(async () => writeSync(1, `${await map.get("count")}\n`));
