import { assertEquals } from "@std/assert";
import { after, describe, it } from "@std/testing/bdd";
import { diff } from "@twinmap/twinmap";
import { SqliteMap, type StoreKey } from "@twinmap/twinmap/sqlite";
import { DatabaseSync } from "node:sqlite";
import { type DigestRequest, type HashName, PostgresMap } from "../../src/stores/postgres.ts";
import { RedisMap } from "../../src/stores/redis.ts";
import { MapDiff } from "../../verify/diff/diff.ts";
import { postgresIsInstalled, type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { POSTGRES_CLIENTS } from "../servers/postgres_clients.ts";
import { redisIsInstalled, startRedis, startRedisCluster } from "../servers/redis.ts";
import { CLIENTS, CLUSTER_CLIENTS } from "../servers/redis_clients.ts";

/** Started by the first test that needs it, not in a hook: Bun gives hooks no more than five seconds. */
let starting: Promise<PostgresServer> | undefined;

after(async () => await (await starting)?.[Symbol.asyncDispose]());

type Map = SqliteMap<StoreKey, unknown> | PostgresMap<StoreKey, unknown>;

const KEYS: readonly StoreKey[] = [
  ...Array(900).keys(),
  "",
  "é",
  "\ud800",
  "a\0b",
  Uint8Array.of(),
  Uint8Array.of(0, 255),
];

function sqliteMap(): SqliteMap<StoreKey, unknown> {
  const table = new SqliteMap<StoreKey, unknown>(new DatabaseSync(":memory:"), { table: "entries" });
  for (const [at, key] of KEYS.entries()) table.set(key, { at, text: "é\0".repeat(at % 50) });
  return table;
}

async function sumsOf({ entryDigests }: Map, request: DigestRequest, bits: number): Promise<unknown[]> {
  const sums = new globalThis.Map<number, number>();
  let entries = 0;
  for await (const part of entryDigests.sums(request, bits)) {
    for (const [bucket, sum] of part.sums) sums.set(bucket, ((sums.get(bucket) ?? 0) + sum) % 2 ** 48);
    entries += part.entries;
  }
  return [entries, ...[...sums].sort(([a], [b]) => a - b)];
}

async function digestsOf({ entryDigests }: Map, request: DigestRequest): Promise<string[]> {
  const found: string[] = [];
  for await (const page of entryDigests.digests(request)) found.push(...page.map((entry) => entry.join()));
  return found.sort();
}

for (const [name, open] of Object.entries(POSTGRES_CLIENTS)) {
  describe(`PostgresMap.entryDigests over ${name} (needs PostgreSQL)`, { ignore: !postgresIsInstalled }, () => {
    it("is that of a SqliteMap with the same entries, by each hash", async () => {
      const server = await (starting ??= startPostgres());
      await using opened = open(server.url);
      const [map, table] = [new PostgresMap<StoreKey, unknown>(opened.client, { table: `same_${name}` }), sqliteMap()];
      const all = { bits: 0, numbers: [0] };
      for (const hash of ["sha256", "sha1"] satisfies HashName[]) {
        assertEquals(await sumsOf(map, { hash, secret: "5ec4e7", within: all }, 5), [0]);
      }
      await map.setMany(table.entries());
      for (const hash of ["sha256", "sha1"] satisfies HashName[]) {
        for (const within of [all, { bits: 2, numbers: [1, 3] }, { bits: 2, numbers: [] }]) {
          const request = { hash, secret: "5ec4e7", within };
          for (const bits of [2, 20]) {
            assertEquals(await sumsOf(map, request, bits), await sumsOf(table, request, bits));
          }
          assertEquals(await digestsOf(map, request), await digestsOf(table, request));
        }
      }
    });

    it("is found by diff, and leaves out what has expired", async () => {
      const server = await (starting ??= startPostgres());
      await using opened = open(server.url);
      const [map, table] = [new PostgresMap<StoreKey, unknown>(opened.client, { table: `few_${name}` }), sqliteMap()];
      await map.setMany(table.entries());
      await map.delete(7);
      table.set(8, "another");
      await map.set("more", 1);
      await map.set("short", 1, { ttlMs: 1 });
      while (await map.has("short"));
      const compared = new MapDiff<StoreKey, unknown>(map, table, { settleMs: 0 });
      const found = await Array.fromAsync(compared.differences());
      assertEquals(found.map(({ kind, key }) => `${kind} ${key}`).sort(), ["extra 7", "missing more", "value 8"]);
      assertEquals(compared.progress.method, "digests");
    });
  });
}

describe("diff() of a RedisMap and a PostgresMap (needs Redis and PostgreSQL)", {
  ignore: !postgresIsInstalled || !redisIsInstalled,
}, () => {
  it("compares digests by SHA-1", async () => {
    await using redis = await startRedis();
    const server = await (starting ??= startPostgres());
    await using opened = await CLIENTS.redis!(redis.url);
    await using postgres = POSTGRES_CLIENTS.postgres!(server.url);
    const map = new RedisMap<StoreKey, unknown>(opened.client, { prefix: "entries:" });
    const table = new PostgresMap<StoreKey, unknown>(postgres.client, { table: "entries" });
    await Promise.all([map.setMany(sqliteMap().entries()), table.setMany(sqliteMap().entries())]);
    await map.set("é", 1);
    const compared = new MapDiff<StoreKey, unknown>(map, table, { settleMs: 0 });
    const found = await Array.fromAsync(compared.differences());
    assertEquals(found.map(({ kind, key }) => [kind, key]), [["value", "é"]]);
    assertEquals(compared.progress.method, "digests");
  });
});

describe("diff() of a cluster (needs Redis)", { ignore: !redisIsInstalled }, () => {
  it("finds the keys that differ, on all of its servers", async () => {
    await using cluster = await startRedisCluster();
    for (const [name, open] of Object.entries(CLUSTER_CLIENTS)) {
      await using opened = await open(cluster.urls);
      const [map, table] = [new RedisMap<StoreKey, unknown>(opened.client, { prefix: `${name}:` }), sqliteMap()];
      await map.setMany(table.entries());
      for (let key = 0; key < 10; key++) await map.set(key, "another");
      const found = await Array.fromAsync(diff<StoreKey, unknown>(map, table, { settleMs: 0 }));
      assertEquals(
        found.map(({ kind, key }) => `${kind} ${key}`).sort(),
        [..."0123456789"].map((key) => `value ${key}`),
      );
    }
  });
});
