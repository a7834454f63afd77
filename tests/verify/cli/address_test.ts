import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { createMap, openMap } from "../../../verify/cli/address.ts";
import { SqliteMap } from "@twinmap/twinmap/sqlite";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresIsInstalled, startPostgres } from "../../servers/postgres.ts";
import { redisIsInstalled, startRedis } from "../../servers/redis.ts";
import { InputError } from "../../../verify/cli/input_error.ts";

const hasServers = postgresIsInstalled && redisIsInstalled;

describe("createMap()", () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "twinmap-"))));
  afterAll(() => rm(folder, { recursive: true }));

  it("creates a table of a SQLite file, but writes to none that has entries", async () => {
    const address = `sqlite:${join(folder, "new.db")}#sessions`;
    await using created = await createMap<string, number>(address);
    assertInstanceOf(created.map, SqliteMap);
    created.map.set("a", 1);
    const { message } = await assertRejects(() => createMap(address), InputError);
    assertEquals(message, `Cannot write to ${address}: it has entries already: name one that does not exist`);
  });

  it("writes to Redis and PostgreSQL where there are no entries yet (needs Redis and PostgreSQL)", {
    ignore: !hasServers,
  }, async () => {
    await using redis = await startRedis();
    await using postgres = await startPostgres();
    for (const address of [`${redis.url}/replay:`, `${postgres.url}#replay`]) {
      await using created = await createMap<string, number>(address);
      await created.map.set("a", 1);
      const { message } = await assertRejects(() => createMap(address), InputError);
      assertEquals(message, `Cannot write to ${address}: it has entries already: name one that does not exist`);
    }
  });
});

describe("openMap()", () => {
  it("knows a store by how the address begins, in whatever letters", async () => {
    const forms = {
      sqlite: "sqlite:FILE#TABLE",
      denokv: "denokv:FILE#PREFIX",
      postgres: "postgres://HOST/DATABASE#TABLE",
      postgresql: "postgres://HOST/DATABASE#TABLE",
      redis: "redis://HOST:PORT/PREFIX, or rediss:// for TLS",
      rediss: "redis://HOST:PORT/PREFIX, or rediss:// for TLS",
    };
    for (const [scheme, form] of Object.entries(forms)) {
      for (const address of [`${scheme}://127.0.0.1`, `${scheme.toUpperCase()}://127.0.0.1`]) {
        const { message } = await assertRejects(() => openMap(address), InputError);
        assertEquals(message, `Cannot open ${address}: it must be ${form}`);
      }
    }
  });

  it("opens the empty map of a name", async () => {
    await using opened = await openMap("sharded");
    const { name, isSynchronous, exists, map } = opened;
    assertEquals([name, isSynchronous, exists, await Array.fromAsync(map.keys())], ["ShardedMap", true, true, []]);
  });
});
