/** KeyvMap over `@keyv/redis` and a real server. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import KeyvRedis from "@keyv/redis";
import { type KeyvInstance, KeyvMap, StoreError } from "@twinmap/twinmap/keyv";
import { Keyv as Keyv5 } from "keyv";
import { Keyv as Keyv6 } from "keyv-6";
import { redisIsInstalled, startRedis } from "../servers/redis.ts";
import { until } from "./until.ts";

const VERSIONS: { readonly [name: string]: (store: unknown) => KeyvInstance } = {
  "keyv 5": (store) => new Keyv5({ store, throwOnErrors: true, namespace: "map" }),
  "keyv 6": (store) => new Keyv6({ store, namespace: "map" } as never) as never,
};

async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof StoreError) return error.outcome;
    throw error;
  }
}

for (const [name, open] of Object.entries(VERSIONS)) {
  describe(`KeyvMap over @keyv/redis, by ${name} (needs Redis)`, { ignore: !redisIsInstalled }, () => {
    it("keeps entries and their times, and walks over them once each", async () => {
      await using server = await startRedis();
      const store = new KeyvRedis(server.url);
      const map = new KeyvMap<string, number>(open(store));
      const entries = Array.from({ length: 250 }, (_, at) => [`k${at}`, at] as const);
      await map.setMany(entries);
      await map.set("k0", 0, { ttlMs: 60_000 });
      await server.cli("SET", "theirs", "1");
      assertEquals((await Array.fromAsync(map)).sort(([, a], [, b]) => a - b), entries.map((entry) => [...entry]));
      const keys = (await server.cli("KEYS", "*6b30")).split("\n");
      assertEquals([keys.length, Number(await server.cli("PTTL", keys[0]!)) > 50_000], [1, true]);
      await map.clear();
      assertEquals([await map.size(), await server.cli("GET", "theirs")], [0, "1"]);
      await store.disconnect(true);
    });

    it("reports an outage, and goes on when the server is back", async () => {
      await using server = await startRedis();
      const store = new KeyvRedis(server.url);
      const map = new KeyvMap<string, number>(open(store), { timeoutMs: 1_000 });
      await map.set("a", 1);
      await server.kill();
      assertEquals(await outcomeOf(map.get("a")), "not applied");
      assertEquals(await outcomeOf(map.has("a")), "not applied");
      assertEquals(await outcomeOf(map.size()), "not applied");
      assertEquals(await outcomeOf(map.set("b", 2)), "unknown");
      await server.start();
      assertEquals(await until(async () => await outcomeOf(map.get("a")) === 1), true);
      assertEquals(await outcomeOf(map.update("a", (value) => value! + 1)), 2);
      await store.disconnect(true);
    });
  });
}
