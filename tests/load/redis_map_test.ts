import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { msgpack } from "../../src/stores/msgpack_codec.ts";
import { InvalidValueError, RedisMap, type RedisMapOptions, type StoreKey } from "../../src/stores/redis.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { redisIsInstalled, type RedisServer, startRedis } from "../servers/redis.ts";
import { CLIENTS, type OpenClient } from "../servers/redis_clients.ts";
import { KEPT } from "../src/stores/values.ts";

type AnyMap = RedisMap<StoreKey, unknown>;

const KEYS: readonly StoreKey[] = [
  "",
  "1",
  1,
  -0,
  "é\u0000\r\n",
  "\ud800",
  "*",
  Uint8Array.of(),
  Uint8Array.of(49, 0, 255),
];

let server: RedisServer;
let opened: OpenClient;
let names = 0;

/** A map under a name of its own. */
function newMap(layout: "prefix" | "hash", options: RedisMapOptions<unknown> = {}): AnyMap {
  return new RedisMap(opened.client, { [layout]: `map ${names++} [*?\\]:`, ...options });
}

async function contents(map: AnyMap): Promise<Set<string>> {
  const visited = [];
  for await (const [key, value] of map) visited.push(JSON.stringify([typeof key, key, value]));
  assertEquals(new Set(visited).size, visited.length);
  return new Set(visited);
}

for (const [name, open] of Object.entries(CLIENTS)) {
  describe(`RedisMap over ${name} (needs Redis)`, { ignore: !redisIsInstalled }, () => {
    before(async () => {
      server = await startRedis();
      opened = await open(server.url);
    });

    after(async () => {
      await opened[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    for (const layout of ["prefix", "hash"] as const) {
      describe(`with a ${layout}`, () => {
        it("tells keys of every kind apart, and gives them back", async () => {
          const map = newMap(layout);
          await map.setMany(KEYS.map((key, at) => [key, at]));
          assertEquals(await Promise.all(KEYS.map((key) => map.get(key))), [...KEYS.keys()]);
          assertEquals([...await map.getMany(KEYS)], KEYS.map((key, at) => [key, at]));
          assertEquals(await contents(map), new Set(KEYS.map((key, at) => JSON.stringify([typeof key, key, at]))));
          assertEquals(await map.size(), KEYS.length);
          for (const key of KEYS) assertEquals([await map.delete(key), await map.has(key)], [true, false]);
          assertEquals(await map.delete("absent"), false);
        });

        it("sets many entries together: those of a hash in one step", async () => {
          const map = newMap(layout);
          await server.cli("CONFIG", "RESETSTAT");
          await map.setMany(KEYS.map((key) => [key, 1]));
          const calls = /cmdstat_h?set:calls=(\d+)/.exec(await server.cli("INFO", "commandstats"))?.[1];
          assertEquals([calls, (await map.getMany(KEYS)).size], [
            String(layout === "hash" ? 1 : KEYS.length),
            KEYS.length,
          ]);
        });

        it("keeps values of every kind, as text and as bytes", async () => {
          for (const codec of [undefined, msgpack]) {
            const map = newMap(layout, { codec });
            for (const value of [...KEPT, undefined, "", "\ud83d\ude00", new Map([[{ a: 1 }, new Set([1n])]])]) {
              await map.set("a", value);
              assertEquals([await map.get("a"), await map.has("a")], [value, true]);
            }
          }
        });

        it("does what spans a read and a write in one step", async () => {
          const map = newMap(layout);
          assertEquals(await map.getOrInsert("a", { n: 1, m: 2 }), { n: 1, m: 2 });
          assertEquals(await map.getOrInsert("a", 5), { n: 1, m: 2 });
          assertEquals(await map.compareAndSet("a", { n: 1 }, 2), false);
          assertEquals(await map.compareAndSet("a", { m: 2, n: 1 }, undefined), true);
          assertEquals([await map.get("a"), await map.has("a")], [undefined, true]);
          assertEquals(await map.compareAndSet("absent", undefined, 1), false);
          assertEquals([await map.getAndSet("a", 3), await map.getAndSet("b", 4)], [undefined, undefined]);
          assertEquals([await map.getAndSet("a", 5), await map.getAndDelete("b"), await map.has("b")], [3, 4, false]);
          assertEquals([await map.compareAndDelete("a", 3), await map.compareAndDelete("a", 5)], [false, true]);
          assertEquals([await map.getAndDelete("a"), await map.size()], [undefined, 0]);
          assertEquals(await map.update("a", (n = 1) => (n as number) + 1), 2);
          assertEquals(await map.update("a", () => undefined), undefined);
          assertEquals(await map.has("a"), false);
        });

        it("loses no update of two maps, and sets an absent key once", async () => {
          const maps = [newMap(layout)];
          maps.push(new RedisMap(opened.client, { [layout]: `map ${names - 1} [*?\\]:` }));
          const increment = (n: unknown) => (n as number ?? 0) + 1;
          await Promise.all(maps.flatMap((map) => Array.from({ length: 20 }, () => map.update("n", increment))));
          assertEquals(await maps[0]!.get("n"), 40);
          const answers = await Promise.all(
            maps.flatMap((map, at) => [map.getOrInsert("a", at), map.getOrInsert("a", -1)]),
          );
          assertEquals(new Set(answers).size, 1);
        });

        it("visits each of many keys once, and clears them", async () => {
          const map = newMap(layout);
          const other = newMap(layout);
          await other.set("kept", 1);
          const keys = Array.from({ length: 2_500 }, (_, at) => at);
          await map.setMany(keys.map((key) => [key, `value ${key}`]));
          const visited: unknown[] = [];
          for await (const key of map.keys()) visited.push(key);
          assertEquals(visited.toSorted((a, b) => (a as number) - (b as number)), keys);
          assertEquals((await map.getMany(keys)).size, 2_500);
          assertEquals(await map.size(), 2_500);
          await map.clear();
          assertEquals([await map.size(), await other.size()], [0, 1]);
        });

        it("refuses keys and values that it cannot keep", async () => {
          const map = newMap(layout);
          for (const key of [1.5, NaN, null, undefined, {}, [1], true, 1n, Symbol("s")]) {
            for (const call of [map.get(key as never), map.has(key as never), map.set(key as never, 1)]) {
              await assertRejects(() => call, TypeError, "key must be a string, a safe integer or a Uint8Array");
            }
            await assertRejects(() => map.getAndDelete(key as never), TypeError);
          }
          await assertRejects(
            () => map.set("a", { f() {} }),
            TypeError,
            "Cannot set a value of RedisMap: the value at .f",
          );
          await assertRejects(() => map.getOrInsert("a", () => {}), TypeError);
          assertEquals(await map.size(), 0);
        });
      });
    }

    it("loads its scripts again after the server has lost them", async () => {
      const map = newMap("prefix", { ttlMs: 60_000 });
      assertEquals(await map.getAndSet("a", 1), undefined);
      await server.cli("SCRIPT", "FLUSH");
      assertEquals([await map.getAndSet("a", 2), await map.compareAndSet("a", 2, 3), await map.get("a")], [1, true, 3]);
    });

    it("stores values under plain keys, and text as it is", async () => {
      const map = new RedisMap<string, unknown>(opened.client, { prefix: "plain:" });
      await map.set("ann", "text");
      assertEquals(await server.cli("GET", "plain:sann"), '["text"]');
    });

    it("rejects with InvalidValueError where something else has written", async () => {
      const map = new RedisMap<string, unknown>(opened.client, { prefix: "invalid:" });
      await server.cli("SET", "invalid:sa", "not devalue");
      await assertRejects(() => map.get("a"), InvalidValueError, "Cannot read a value of RedisMap");
      assertEquals(await map.has("a"), true);
      await server.cli("SET", "invalid:foreign", "[1]");
      await assertRejects(() => Array.fromAsync(map.keys()), InvalidValueError);
      await map.clear().catch(() => {});
    });
  });
}

describe("RedisMap and time (needs Redis)", { ignore: !redisIsInstalled }, () => {
  before(async () => {
    server = await startRedis();
    opened = await CLIENTS.redis!(server.url);
  });

  after(async () => {
    await opened[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const DAY = 86_400_000;

  it("gives an entry a new time when it is set or inserted, and keeps it otherwise", async () => {
    const clock = new ManualClock();
    const start = Date.now() + DAY;
    await clock.advance(start - clock.now());
    const map = newMap("prefix", { ttlMs: DAY, clock });
    const times = async (...writes: (() => Promise<unknown>)[]) => {
      for (const write of writes) {
        await write();
        await clock.advance(1_000);
      }
      return await map.expiresAt("a");
    };
    assertEquals(await times(() => map.set("a", 1)), start + DAY);
    const keeping = [
      () => map.getAndSet("a", 2),
      () => map.compareAndSet("a", 2, 3),
      () => map.update("a", () => 4),
      () => map.getOrInsert("a", 5),
    ];
    assertEquals(await times(...keeping), start + DAY);
    assertEquals(await map.get("a"), 4);
    assertEquals(await times(() => map.set("a", 6)), start + 5_000 + DAY);
    assertEquals(await times(() => map.set("a", 6, { ttlMs: 2 * DAY + 0.5 })), start + 6_000 + 2 * DAY + 1);
    assertEquals(await times(() => map.set("a", 6, { ttlMs: Infinity })), Infinity);
    assertEquals(await times(() => map.getAndSet("a", 7)), Infinity);
    assertEquals(await times(() => map.delete("a")), undefined);
    const inserting = [() => map.getAndSet("a", 1), () => map.update("a", () => 1), () => map.getOrInsert("a", 1)];
    for (const insert of inserting) {
      await map.delete("a");
      const now = clock.now();
      assertEquals(await times(insert), now + DAY);
    }
    assertEquals(await times(() => map.setMany([["a", 1]], { ttlMs: 3 * DAY })), clock.now() - 1_000 + 3 * DAY);
  });

  it("keeps the time of a single entry, too", async () => {
    const map = newMap("prefix");
    await map.set("a", 1, { ttlMs: DAY });
    const time = await map.expiresAt("a");
    assertEquals([await map.getAndSet("a", 2), await map.compareAndSet("a", 2, 3)], [1, true]);
    assertEquals([await map.get("a"), await map.expiresAt("a")], [3, time]);
  });

  it("knows no expired entry", async () => {
    const clock = new ManualClock();
    const map = newMap("prefix", { clock });
    await map.set("a", 1, { ttlMs: 1 });
    assertEquals([await map.get("a"), await map.has("a"), await map.expiresAt("a"), await map.size()], [
      undefined,
      false,
      undefined,
      0,
    ]);
  });

  it("has no time in a hash", async () => {
    const map = newMap("hash");
    assertEquals([map.traits.expires, newMap("prefix").traits.expires], ["never", "entry"]);
    await assertRejects(() => map.set("a", 1, { ttlMs: 5 }), TypeError, "ttlMs must be absent");
    await map.set("a", 1);
    assertEquals([await map.expiresAt("a"), await map.expiresAt("b")], [Infinity, undefined]);
    assertThrows(() => newMap("hash", { ttlMs: 5 }), TypeError, "the entries of a hash never expire");
  });
});

describe("a walk over a RedisMap (needs Redis)", { ignore: !redisIsInstalled }, () => {
  for (const layout of ["prefix", "hash"] as const) {
    it(`rejects at its end if the server was restarted meanwhile, with a ${layout}`, async () => {
      await using server = await startRedis();
      await using opened = await CLIENTS.redis!(server.url);
      const map = new RedisMap<number, number>(opened.client, { [layout]: "map" });
      await map.setMany(Array.from({ length: 1_000 }, (_, at) => [at, at]));
      const walk = map.keys();
      await walk.next();
      await server.restart();
      while (await map.get(1).then(() => false, () => true));
      const error = await assertRejects(() => Array.fromAsync(walk), Error, "some may have been left out");
      assert("retryable" in error && error.retryable);
    });
  }
});
