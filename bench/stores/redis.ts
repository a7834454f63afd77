/**
 * Measures `RedisMap` against the bare clients, over a `redis-server` of its own: `deno run -A bench/stores/redis.ts`, or `bun
 * bench/stores/redis.ts`.
 *
 * @module
 */
import { Redis } from "ioredis";
import process from "node:process";
import { createClient } from "redis";
import { devalue } from "../../src/stores/devalue_codec.ts";
import { type Codec, type RedisClient, RedisMap } from "../../src/stores/redis.ts";
import { startRedis } from "../../tests/servers/redis.ts";
import { compare, type Contender, isQuick, printHeading } from "../lib/ratio.ts";

const IN_FLIGHT = 64;
const GETS = isQuick ? 64 : 4_000;
const CALLERS = 8;
const UPDATES = isQuick ? 8 : 400;
const WALKED = isQuick ? 10_000 : 1_000_000;
const MAX_WALK_BYTES = 64 * 2 ** 20;
const MAX_COMMAND_US = 5_000;

const SESSION = {
  user: "user:1234567",
  name: "Ada Lovelace",
  roles: ["admin", "editor"],
  since: new Date(1_700_000_000_000),
  cart: [{ sku: "a-1", count: 2 }, { sku: "b-2", count: 1 }],
  theme: "dark",
};
const KEYS = Array.from({ length: 1_000 }, (_, at) => `user:${at}`);

/** Calls `operation` so many times, from callers that each wait for their answer. */
function callers(count: number, operations: number, operation: (key: string) => Promise<unknown>): Contender {
  const run = async () => {
    let begun = 0;
    const caller = async () => {
      while (begun < operations) await operation(KEYS[begun++ % KEYS.length]!);
    };
    await Promise.all(Array.from({ length: count }, caller));
  };
  return { operations, run };
}

await using server = await startRedis({ appendonly: "no", "enable-debug-command": "yes" });
const redis = await createClient({ url: server.url }).connect();
const ioredis = new Redis(server.url, { maxRetriesPerRequest: 0 });
const pipelining = new Redis(server.url, { maxRetriesPerRequest: 0, enableAutoPipelining: true });
let holds = true;

console.log("RedisMap; a time is that of one operation\n");
printHeading();
const clients: [string, RedisClient & { get(key: string): Promise<unknown> }][] = [
  ["redis", redis],
  ["ioredis", ioredis],
  ["ioredis with enableAutoPipelining", pipelining],
];
for (const [name, client] of clients) {
  const sessions = new RedisMap<string, unknown>(client, { prefix: "sessions:" });
  await sessions.setMany(KEYS.map((key) => [key, SESSION]));
  const bare = async (key: string) => devalue.decode(await client.get(`sessions:s${key}`) as string);
  holds = await compare(
    { what: `get over ${name}, ${IN_FLIGHT} in flight`, against: "the client and the codec", atMost: 1.2 },
    callers(IN_FLIGHT, GETS, (key) => sessions.get(key)),
    callers(IN_FLIGHT, GETS, bare),
  ) && holds;
}

const COMPARE_AND_SET = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1`;
const digest = await redis.scriptLoad(COMPARE_AND_SET);
await redis.set("bare", "[0]");
const bareUpdate = async () => {
  const seen = await redis.get("bare") as string;
  const next = devalue.encode(devalue.decode(seen) as number + 1) as string;
  await redis.evalSha(digest, { keys: ["bare"], arguments: [seen, next] });
};
const counters = new RedisMap<string, number>(redis, { prefix: "counters:" });
let updates = 0;
const update = () => {
  updates++;
  return counters.update("hot", (count = 0) => count + 1);
};
holds = await compare(
  { what: `update of one key by ${CALLERS} callers`, against: "GET and the script by one caller", atMost: 2 },
  callers(CALLERS, UPDATES, update),
  callers(1, UPDATES, bareUpdate),
) && holds;
const kept = await counters.get("hot");
console.log(`  ${kept} of ${updates} increments were kept`);
holds &&= kept === updates;

const asBytes: Codec<Uint8Array> = {
  form: "bytes",
  encode: (bytes) => bytes,
  decode: (bytes) => bytes as Uint8Array,
};
await server.cli("DEBUG", "POPULATE", String(WALKED), "walked:s", "200");
await server.cli("CONFIG", "SET", "slowlog-log-slower-than", "500", "slowlog-max-len", "10000");
for (const values of [false, true]) {
  const walked = new RedisMap<string, Uint8Array>(redis, { prefix: "walked:", codec: asBytes });
  await server.cli("SLOWLOG", "RESET");
  const idle = process.memoryUsage().rss;
  const startMs = performance.now();
  let visited = 0;
  let peak = idle;
  for await (const _ of values ? walked.entries() : walked.keys()) {
    if (++visited % 1_000 === 0) peak = Math.max(peak, process.memoryUsage().rss);
  }
  const slow = await redis.sendCommand(["SLOWLOG", "GET", "-1"]) as unknown as [number, number, number][];
  const longestUs = Math.max(500, ...slow.map(([, , us]) => us));
  const seconds = (performance.now() - startMs) / 1_000;
  console.log(`${values ? "entries" : "keys"} of ${visited} keys: ${seconds.toFixed(1)} s`);
  console.log(`  ${((peak - idle) / 2 ** 20).toFixed(0)} MiB above idle; the longest command at most ${longestUs} µs`);
  if (!isQuick) holds &&= visited === WALKED && peak - idle <= MAX_WALK_BYTES && longestUs <= MAX_COMMAND_US;
}

redis.destroy();
ioredis.disconnect();
pipelining.disconnect();
if (!holds) process.exitCode = 1;
