import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { diff } from "@twinmap/twinmap";
import { type Codec, type DigestRequest, type DigestSums, RedisMap, type StoreKey } from "@twinmap/twinmap/redis";
import { SqliteMap } from "@twinmap/twinmap/sqlite";
import { DatabaseSync } from "node:sqlite";
import { redisIsInstalled, type RedisServer, startRedis } from "../../../servers/redis.ts";
import { CLIENTS, type OpenClient } from "../../../servers/redis_clients.ts";

const AS_BYTES: Codec<Uint8Array> = {
  form: "bytes",
  encode: (bytes) => bytes,
  decode: (bytes) => bytes as Uint8Array,
};
const ALL: DigestRequest = { hash: "sha1", secret: "5ec4e7", within: { bits: 0, numbers: [0] } };

type Digested = Pick<RedisMap<StoreKey, Uint8Array>, "entryDigests">;

async function sumsOf({ entryDigests }: Digested, bits: number, within = ALL.within): Promise<[number, number][]> {
  const sums = new Map<number, number>();
  for await (const part of entryDigests.sums({ ...ALL, within }, bits) as AsyncIterable<DigestSums>) {
    for (const [bucket, sum] of part.sums) sums.set(bucket, ((sums.get(bucket) ?? 0) + sum) % 2 ** 48);
  }
  return [...sums].sort(([a], [b]) => a - b);
}

async function digestsOf({ entryDigests }: Digested, within = ALL.within): Promise<string[]> {
  const found: string[] = [];
  for await (const page of entryDigests.digests({ ...ALL, within })) found.push(...page.map((entry) => entry.join()));
  return found.sort();
}

for (const [name, open] of Object.entries(CLIENTS)) {
  describe(`RedisMap.entryDigests over ${name} (needs Redis)`, { ignore: !redisIsInstalled }, () => {
    let server: RedisServer;
    let opened: OpenClient;
    const mapOf = (options: { prefix: string } | { hash: string }) =>
      new RedisMap<StoreKey, Uint8Array>(opened.client, { ...options, codec: AS_BYTES });

    beforeAll(async () => {
      server = await startRedis();
      opened = await open(server.url);
    });
    afterAll(async () => {
      await opened[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    for (const options of [{ prefix: "p[*]:" }, { hash: "h" }]) {
      it(`is that of a SqliteMap with the same entries, with a ${Object.keys(options)}`, async () => {
        const map = mapOf(options);
        const table = new SqliteMap<StoreKey, Uint8Array>(new DatabaseSync(":memory:"), {
          table: "t",
          codec: AS_BYTES,
        });
        const keys = [...Array(700).keys(), "", "é", "\ud800", "a\0b", Uint8Array.of(), Uint8Array.of(0, 255)];
        for (const [at, key] of keys.entries()) table.set(key, new Uint8Array(at % 150).fill(at));
        await map.setMany(table.entries());
        for (const bits of [0, 3, 20]) assertEquals(await sumsOf(map, bits), await sumsOf(table, bits));
        const within = { bits: 2, numbers: [1, 3] };
        assertEquals(await sumsOf(map, 9, within), await sumsOf(table, 9, within));
        assertEquals(await digestsOf(map, within), await digestsOf(table, within));
        const all = await digestsOf(map);
        assertEquals([all, all.length], [await digestsOf(table), keys.length]);
      });
    }

    it("leaves out what is of another type or has expired, and digests empty values", async () => {
      const map = mapOf({ prefix: "others:" });
      await server.cli("LPUSH", "others:slist", "a");
      await map.set("empty", new Uint8Array());
      await map.set("short", Uint8Array.of(1), { ttlMs: 1 });
      while (await map.has("short"));
      assertEquals((await digestsOf(map)).map((entry) => entry.split(",")[0]), ["empty"]);
    });

    it("takes several steps for long values", async () => {
      const map = mapOf({ hash: "long" });
      for (let key = 0; key < 30; key++) await map.set(key, new Uint8Array(40_000).fill(key));
      const steps = async () =>
        Number(/cmdstat_evalsha:calls=(\d+)/.exec(await server.cli("INFO", "commandstats"))?.[1]);
      const before = await steps();
      assertEquals((await digestsOf(map)).length, 30);
      // The values have 1.2 MB, of which a step takes some 256 KiB. Two more scripts ask which server it is.
      assertEquals(await steps() - before, 5 + 2);
    });

    it("claims nothing of values that it does not hash", async () => {
      const [old, next] = [mapOf({ prefix: "long:" }), mapOf({ prefix: "longer:" })];
      for (let key = 0; key < 30; key++) {
        for (const map of [old, next]) await map.set(key, new Uint8Array(key < 27 ? 40_000 : 600_000).fill(key));
      }
      const [digests, others] = [await digestsOf(old), await digestsOf(next)];
      assertEquals(digests.length, 30);
      assertEquals(digests.filter((entry) => others.includes(entry)).length, 27);
      assertEquals(await Array.fromAsync(diff(old, next, { settleMs: 0 })), []);
      await next.set(29, new Uint8Array(600_000).fill(29).fill(0, 599_999));
      const found = await Array.fromAsync(diff(old, next, { settleMs: 0 }));
      assertEquals(found.map(({ kind, key }) => [kind, key]), [["value", 29]]);
    });

    it("is found by diff, which transfers little", async () => {
      const map = new RedisMap<string, unknown>(opened.client, { prefix: "few:" });
      const table = new SqliteMap<string, unknown>(new DatabaseSync(":memory:"), { table: "few" });
      for (let key = 0; key < 3_000; key++) table.set(`user ${key}`, { name: "x".repeat(500), key });
      await map.setMany(table.entries());
      await map.delete("user 7");
      table.set("user 8", { name: "y", key: 8 });
      await map.set("another", 1);
      const sent = async () => Number(/total_net_output_bytes:(\d+)/.exec(await server.cli("INFO", "stats"))![1]);
      const before = await sent();
      const found = await Array.fromAsync(diff(map, table, { settleMs: 0 }));
      const bytes = await sent() - before;
      assertEquals(found.map(({ kind, key }) => `${kind} ${key}`).sort(), [
        "extra user 7",
        "missing another",
        "value user 8",
      ]);
      // The entries have more than 1.5 MB, and INFO has some.
      assertEquals(bytes < 200_000, true, `${bytes} bytes`);
    });
  });
}
