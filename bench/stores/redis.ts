/** Measures `RedisMap` against the bare clients, over a server of its own. */
import { Redis } from "ioredis";
import process from "node:process";
import { createClient } from "redis";
import { devalue } from "../../src/stores/devalue_codec.ts";
import { type RedisClient, RedisMap } from "../../src/stores/redis.ts";
import { redisIsInstalled, type RedisServer, startRedis } from "../../tests/servers/redis.ts";
import { compare, type Contender, isQuick } from "../lib/ratio.ts";
import { AS_BYTES } from "./as_bytes.ts";
import { sessionOf } from "./session.ts";
import { LOGGED_US, logSlowCommands, longestCommandUs, MAX_COMMAND_US } from "./slow_log.ts";

const IN_FLIGHT = 64;
const GETS = isQuick ? 64 : 1_000;
const CALLERS = 8;
const UPDATES = isQuick ? 8 : 100;
const WALKED = isQuick ? 10_000 : 1_000_000;
const MAX_WALK_BYTES = 64 * 2 ** 20;

const KEYS = Array.from({ length: 1_000 }, (_, at) => `user:${at}`);

type Client = RedisClient & { get(key: string): Promise<unknown> };

/** Starts a server, measures, and returns whether all claims hold. */
export async function compareRedis(): Promise<boolean> {
  if (!redisIsInstalled) {
    console.log("RedisMap: skipped, since Redis is not installed");
    return true;
  }
  await using server = await startRedis({ appendonly: "no", "enable-debug-command": "yes" });
  const redis = await connected(server.url);
  const ioredis = new Redis(server.url, { maxRetriesPerRequest: 0 });
  const pipelining = new Redis(server.url, { maxRetriesPerRequest: 0, enableAutoPipelining: true });
  const held = [
    await compareGets("redis", redis),
    await compareGets("ioredis", ioredis),
    await compareGets("ioredis, which pipelines", pipelining),
    await compareUpdates(redis),
    await measureWalk(server, redis, "keys"),
    await measureWalk(server, redis, "entries"),
  ];
  redis.destroy();
  ioredis.disconnect();
  pipelining.disconnect();
  return held.every((holds) => holds);
}

const connected = (url: string) => createClient({ url }).connect();

async function compareGets(name: string, client: Client): Promise<boolean> {
  const sessions = new RedisMap<string, unknown>(client, { prefix: "sessions:" });
  await sessions.setMany(KEYS.map((key, at) => [key, sessionOf(at)]));
  const bare = async (key: string) => devalue.decode(await client.get(`sessions:s${key}`) as string);
  return await compare(
    { what: `RedisMap get over ${name}, ${IN_FLIGHT} in flight`, against: "its get and the codec", atMost: 1.2 },
    callers(IN_FLIGHT, GETS, (key) => sessions.get(key)),
    callers(IN_FLIGHT, GETS, bare),
  );
}

const COMPARE_AND_SET = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1`;

async function compareUpdates(client: Awaited<ReturnType<typeof connected>>): Promise<boolean> {
  const digest = await client.scriptLoad(COMPARE_AND_SET);
  await client.set("bare", "[0]");
  const bare = async () => {
    const seen = await client.get("bare") as string;
    const next = devalue.encode(devalue.decode(seen) as number + 1) as string;
    await client.evalSha(digest, { keys: ["bare"], arguments: [seen, next] });
  };
  const counters = new RedisMap<string, number>(client, { prefix: "counters:" });
  let updates = 0;
  const update = () => {
    updates++;
    return counters.update("hot", (count = 0) => count + 1);
  };
  const isFast = await compare(
    { what: `RedisMap update of one key by ${CALLERS}`, against: "GET and the script by one", atMost: 2 },
    callers(CALLERS, UPDATES, update),
    callers(1, UPDATES, bare),
  );
  const kept = await counters.get("hot");
  console.log(`  ${kept} of ${updates} increments were kept`);
  return isFast && kept === updates;
}

async function measureWalk(server: RedisServer, client: RedisClient, what: "keys" | "entries"): Promise<boolean> {
  await server.cli("DEBUG", "POPULATE", String(WALKED), "walked:s", "200");
  await logSlowCommands(server);
  const map = new RedisMap<string, Uint8Array>(client, { prefix: "walked:", codec: AS_BYTES });
  const idle = process.memoryUsage().rss;
  const startMs = performance.now();
  let visited = 0;
  let peak = idle;
  for await (const _ of map[what]()) {
    if (++visited % 1_000 === 0) peak = Math.max(peak, process.memoryUsage().rss);
  }
  const seconds = (performance.now() - startMs) / 1_000;
  const slow = await longestCommandUs(server);
  console.log(`RedisMap ${what}() of ${visited.toLocaleString("en")} keys`);
  console.log(
    `  ${seconds.toFixed(1)} s, ${((peak - idle) / 2 ** 20).toFixed(0)} MiB above idle, the longest command ` +
      (slow > 0 ? `${slow} µs` : `below ${LOGGED_US} µs`),
  );
  return isQuick || visited === WALKED && peak - idle <= MAX_WALK_BYTES && slow <= MAX_COMMAND_US;
}

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
