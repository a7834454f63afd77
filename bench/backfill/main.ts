/**
 * Measures a backfill from Redis to Redis against a bulk copy by pipelined GET and SET: `deno task bench:backfill [KEYS]`, on the runtime
 * that runs it. Exits with 1 if a claim does not hold.
 *
 * @module
 */
import process from "node:process";
import { createClient } from "redis";
import { twin } from "@twinmap/twinmap";
import { RedisMap } from "@twinmap/twinmap/redis";
import { redisIsInstalled, startRedis } from "../../tests/servers/redis.ts";
import { isQuick } from "../lib/ratio.ts";
import { type Session, sessionOf } from "../stores/session.ts";
import { bulkCopy } from "./bulk_copy.ts";

const KEYS = isQuick ? 1_000 : Number(process.argv[2] ?? 100_000);
const ROUNDS = isQuick ? 1 : 3;
const AT_MOST = 2;
const MAX_BYTES = 128 * 2 ** 20;
const FILLED_AT_ONCE = 1_000;

/** Starts two servers, measures both by turns, and returns whether the claims hold. */
async function compareBackfill(): Promise<boolean> {
  await using oldServer = await startRedis({ appendonly: "no" });
  await using newServer = await startRedis({ appendonly: "no" });
  const [source, target] = await Promise.all([connected(oldServer.url), connected(newServer.url)]);
  const oldMap = new RedisMap<string, Session>(source, { prefix: "sessions:" });
  const newMap = new RedisMap<string, Session>(target, { prefix: "sessions:" });
  for (let at = 0; at < KEYS; at += FILLED_AT_ONCE) {
    await oldMap.setMany(Array.from({ length: Math.min(FILLED_AT_ONCE, KEYS - at) }, (_, i) => entryOf(at + i)));
  }
  const copied: number[] = [];
  const ratios: number[] = [];
  let peakBytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await target.flushAll();
    const copyMs = await timed(() => bulkCopy(source, target));
    await checkCount(newServer);
    await target.flushAll();
    const sessions = twin(oldMap, newMap, { at: { stage: "dualwrite" } });
    const idle = process.memoryUsage().rss;
    const watch = setInterval(() => peakBytes = Math.max(peakBytes, process.memoryUsage().rss - idle), 100);
    const backfillMs = await timed(() => sessions.backfill());
    clearInterval(watch);
    sessions.close();
    await checkCount(newServer);
    copied.push(backfillMs);
    ratios.push(backfillMs / copyMs);
  }
  const ratio = median(ratios);
  const usPerKey = median(copied) * 1_000 / KEYS;
  console.log(`Backfill of ${KEYS.toLocaleString("en")} keys from Redis to Redis, against GET and SET by the page`);
  console.log(`  ${usPerKey.toFixed(1)} µs a key, ${ratio.toFixed(2)} x, at most ${AT_MOST}`);
  console.log(`  ${(peakBytes / 2 ** 20).toFixed(0)} MiB above idle, at most ${MAX_BYTES / 2 ** 20}`);
  source.destroy();
  target.destroy();
  return ratio <= AT_MOST && peakBytes <= MAX_BYTES;
}

function connected(url: string) {
  return createClient({ url }).connect();
}

function entryOf(at: number): [string, Session] {
  return [`user:${at}`, sessionOf(at)];
}

async function checkCount(server: Awaited<ReturnType<typeof startRedis>>): Promise<void> {
  const size = await server.cli("DBSIZE");
  if (Number(size) !== KEYS) throw new Error(`Expected ${KEYS} keys in the copy: received ${size}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number;
}

if (!redisIsInstalled) {
  console.log("Backfill: skipped, since Redis is not installed");
  process.exit(0);
}
const holds = await compareBackfill();
process.exit(holds || isQuick ? 0 : 1);
