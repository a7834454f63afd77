/** Measures what callers of a twin see while its new store does not answer. */
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "redis";
import { twin } from "../../mod.ts";
import { RedisMap } from "../../src/stores/redis.ts";
import type { RedisServer } from "../../tests/servers/redis.ts";
import { isQuick, printRow } from "../lib/ratio.ts";
import { KEYS } from "./callers.ts";

const LOAD_MS = isQuick ? 100 : 30_000;
/** One call of each caller a turn: as many as a service makes that is busy, not as many as it can. */
const CALLERS = 16;
const PAUSE_MS = 5;

/** Compares the p99 of reads and of queued writes with that before, and returns whether the claims hold. */
export async function compareStopped(oldUrl: string, newServer: RedisServer): Promise<boolean> {
  const clients = await Promise.all([oldUrl, newServer.url].map((url) => createClient({ url }).connect()));
  const [oldMap, newMap] = clients.map((client) => new RedisMap<string, string>(client, { prefix: "stopped:" })) as [
    RedisMap<string, string>,
    RedisMap<string, string>,
  ];
  const users = twin(oldMap, newMap, { mirror: "queued", at: { stage: "shadow" } });
  for (const map of [oldMap, newMap]) await map.setMany(KEYS.map((key) => [key, key]));
  const load = () => latencies((key) => users.get(key), (key, at) => users.set(key, `${key} ${at}`));
  await load();
  const before = await load();
  newServer.pause();
  const stopped = await load();
  newServer.resume();
  const held = (["reads", "writes"] as const).map((kind) =>
    printRow(
      { what: `p99 of ${kind} at shadow, the new store stopped`, against: "before", atMost: 1.3 },
      {
        oursNs: p99(stopped[kind]),
        theirsNs: p99(before[kind]),
        ratio: p99(stopped[kind]) / p99(before[kind]),
      },
    )
  );
  users.close();
  for (const client of clients) client.destroy();
  return held.every(Boolean);
}

interface Latencies {
  readonly reads: number[];
  readonly writes: number[];
}

/** The nanoseconds of each call that was made, half of them reads. */
async function latencies(
  read: (key: string) => Promise<unknown>,
  write: (key: string, at: number) => Promise<unknown>,
): Promise<Latencies> {
  const found: Latencies = { reads: [], writes: [] };
  const endMs = performance.now() + LOAD_MS;
  const caller = async (_: unknown, number: number) => {
    for (let at = number; performance.now() < endMs; at++) {
      const key = KEYS[(at * 31) % KEYS.length] as string;
      const startMs = performance.now();
      await (at % 2 === 0 ? read(key) : write(key, at));
      found[at % 2 === 0 ? "reads" : "writes"].push((performance.now() - startMs) * 1e6);
      await sleep(PAUSE_MS);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return found;
}

function p99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? NaN;
}
