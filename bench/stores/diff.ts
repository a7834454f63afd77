/** Measures `diff` of a `RedisMap` and a `SqliteMap` that differ in ten keys, over a server of its own. */
import { DatabaseSync } from "node:sqlite";
import { createClient } from "redis";
import { diff } from "../../mod.ts";
import { RedisMap } from "../../src/stores/redis.ts";
import { type SqliteDatabase, SqliteMap } from "../../src/stores/sqlite.ts";
import { redisIsInstalled, type RedisServer, startRedis } from "../../tests/servers/redis.ts";
import { isQuick } from "../lib/ratio.ts";
import { AS_BYTES } from "./as_bytes.ts";
import { logSlowCommands, MAX_COMMAND_US, scriptsUs } from "./slow_log.ts";

const KEYS = isQuick ? 10_000 : 1_000_000;
const VALUE_BYTES = 200;
const DIFFERING = 10;
const FEWER_BYTES = 25;

/** Starts a server, measures, and returns whether the claims hold. */
export async function measureDiff(): Promise<boolean> {
  if (!redisIsInstalled) {
    console.log("diff: skipped, since Redis is not installed");
    return true;
  }
  await using server = await startRedis({ appendonly: "no", "enable-debug-command": "yes" });
  await server.cli("DEBUG", "POPULATE", String(KEYS), "diff:s", String(VALUE_BYTES));
  const client = await createClient({ url: server.url }).connect();
  const map = new RedisMap<string, Uint8Array>(client, { prefix: "diff:", codec: AS_BYTES });
  const database = new DatabaseSync(":memory:");
  const table = new SqliteMap<string, Uint8Array>(database as unknown as SqliteDatabase, {
    table: "diff",
    codec: AS_BYTES,
  });
  const scanned = await measured(server, async () => {
    database.exec("BEGIN");
    for await (const [key, value] of map) table.set(key, value);
    database.exec("COMMIT");
  });
  for (let key = 0; key < DIFFERING; key++) table.set(`:${key}`, new Uint8Array(key));
  await logSlowCommands(server);
  let found = 0;
  const compared = await measured(server, async () => {
    for await (const { kind } of diff(map, table)) if (kind === "value") found++;
  });
  const scripts = await scriptsUs(server);
  // On a machine that others use, the system stops the server now and then for longer than a script takes.
  const almostAllUs = scripts[Math.floor(scripts.length * 0.99)] ?? 0;
  client.destroy();
  const fewer = scanned.bytes / compared.bytes;
  console.log(`diff of ${KEYS.toLocaleString("en")} keys in Redis and SQLite, of which ${DIFFERING} differ`);
  console.log(
    `  ${found} found in ${compared.seconds.toFixed(1)} s; Redis sent ${megabytes(compared.bytes)}, 1/${
      fewer.toFixed(0)
    } of the ${megabytes(scanned.bytes)} of a scan; 99 % of the scripts took ${almostAllUs} µs at most, one ${
      scripts.at(-1) ?? 0
    } µs`,
  );
  return found === DIFFERING && (isQuick || fewer >= FEWER_BYTES && almostAllUs <= MAX_COMMAND_US);
}

async function measured(server: RedisServer, run: () => Promise<void>): Promise<{ bytes: number; seconds: number }> {
  const [before, startMs] = [await bytesSent(server), performance.now()];
  await run();
  return { seconds: (performance.now() - startMs) / 1_000, bytes: await bytesSent(server) - before };
}

async function bytesSent(server: RedisServer): Promise<number> {
  return Number(/total_net_output_bytes:(\d+)/.exec(await server.cli("INFO", "stats"))?.[1]);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
