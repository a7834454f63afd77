/**
 * Measures how long it takes to check a history of 10,000 operations of 8 clients over 10 keys, and hard histories:
 * `deno run -A bench/linearizability/main.ts`, or `bun bench/linearizability/main.ts`.
 *
 * @module
 */
import { seededRandom } from "../../testing/seeded_random.ts";
import { NativeMap } from "../../mod.ts";
import { checkLinearizable, mapModel, type Operation } from "../../verify/linearizability/check_linearizable.ts";
import { isQuick, median } from "../lib/ratio.ts";

const CLIENTS = 8;
const ROUNDS = isQuick ? 1 : 9;
const HISTORIES = isQuick ? [[1_000, 10]] as const : [[10_000, 10], [10_000, 1], [100_000, 10]] as const;

type Users = NativeMap<string, number>;

/** Operations on one key and two values out of ten. */
const OPERATIONS: Record<string, (map: Users, key: string, a: number, b: number) => readonly [unknown[], unknown]> = {
  get: (map, key) => [[key], map.get(key)],
  has: (map, key) => [[key], map.has(key)],
  set: (map, key, value) => [[key, value], void map.set(key, value)],
  delete: (map, key) => [[key], map.delete(key)],
  getAndSet: (map, key, value) => [[key, value], map.getAndSet(key, value)],
  getOrInsert: (map, key, value) => [[key, value], map.getOrInsert(key, value)],
  compareAndSet: (map, key, expected, value) => [[key, expected, value], map.compareAndSet(key, expected, value)],
};

/** Makes a history of clients whose calls take random times and take effect at a random moment within. */
function history(operations: number, keys: number, random: () => number): Operation[] {
  const upTo = (bound: number) => Math.floor(random() * bound);
  const timesOf = Array.from({ length: CLIENTS }, () => 0);
  const calls = Array.from({ length: operations }, (_, at) => {
    const client = at % CLIENTS;
    const calledAt = timesOf[client] as number + random();
    const effectAt = calledAt + random();
    const returnedAt = timesOf[client] = effectAt + random();
    return { client, calledAt, effectAt, returnedAt };
  });
  const map: Users = new NativeMap();
  const names = Object.keys(OPERATIONS);
  return calls.sort((a, b) => a.effectAt - b.effectAt).map(({ client, calledAt, returnedAt }) => {
    const name = names[upTo(names.length)] as keyof typeof OPERATIONS;
    const [args, result] = OPERATIONS[name]?.(map, `key ${upTo(keys)}`, upTo(10), upTo(10)) ?? [[], undefined];
    return { client, name, args, calledAt, returnedAt, result };
  });
}

/** Makes one read near the end wrong. */
function withStaleRead(history: readonly Operation[]): Operation[] {
  const stale = history.findLastIndex(({ name, result }) => name === "get" && typeof result === "number");
  return history.map((operation, at) =>
    at === stale ? { ...operation, result: (Number(operation.result) + 5) % 10 } : operation
  );
}

/** Puts of one key that overlap, or never returned. */
function puts(count: number, returnedAt?: number): Operation[] {
  return Array.from(
    { length: count },
    (_, at) => ({ client: at, name: "set", args: ["k", at], calledAt: at, returnedAt }),
  );
}

/** Reads of that key, one after the other, after all puts were called. */
function reads(...results: readonly unknown[]): Operation[] {
  return results.map((result, at) => (
    { client: "reader", name: "get", args: ["k"], calledAt: 500 + 2 * at, returnedAt: 501 + 2 * at, result }
  ));
}

function measured(history: readonly Operation[]): string {
  const timesMs: number[] = [];
  let outcome = "";
  for (let round = 0; round <= ROUNDS; round++) {
    const startMs = performance.now();
    const { verdict, violations } = checkLinearizable(history, mapModel());
    if (round > 0) timesMs.push(performance.now() - startMs);
    const [violation] = violations;
    outcome = violation === undefined ? verdict : `${verdict}, cut down to ${violation.operations.length} operations`;
  }
  return `${median(timesMs).toFixed(0).padStart(6)} ms  ${outcome}`;
}

const runtime = "Deno" in globalThis ? "Deno" : "Bun" in globalThis ? "Bun" : "Node";
console.log(`${runtime}, ${CLIENTS} clients that call all the time; the median of ${ROUNDS} rounds\n`);
for (const [operations, keys] of HISTORIES) {
  const good = history(operations, keys, seededRandom(1));
  const what = `${operations.toLocaleString("en").padStart(7)} operations, ${keys} key${keys === 1 ? " " : "s"}`;
  console.log(`${what.padEnd(28)}${measured(good)}`);
  console.log(`${"  one read is wrong".padEnd(28)}${measured(withStaleRead(good))}`);
}

const hard: readonly [what: string, history: Operation[]][] = [
  ["a value that nobody wrote, after 40 puts at once", [...puts(40, 100), ...reads("nobody's")]],
  ["one of 40 puts that never returned, seen twice", [...puts(40), ...reads(3, 7, 3)]],
];
for (const [what, history] of hard) console.log(`${what.padEnd(50)}${measured(history)}`);
