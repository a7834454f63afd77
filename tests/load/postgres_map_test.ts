import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { after, describe, it } from "@std/testing/bdd";
import { StoreError } from "@twinmap/twinmap";
import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Codec, InvalidValueError, type PostgresClient, PostgresMap } from "../../src/stores/postgres.ts";
import { postgresIsInstalled, type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { type OpenPostgresClient, POSTGRES_CLIENTS, type SessionParameters } from "../servers/postgres_clients.ts";

/** Started by the first test that needs it, not in a hook: Bun gives hooks no more than five seconds. */
let starting: Promise<PostgresServer> | undefined;
let server: PostgresServer;
let tables = 0;

async function start(): Promise<void> {
  server = await (starting ??= startPostgres());
}

/** A name that no table has. */
function newTable(): string {
  return `Map_${tables++}`;
}

async function failure(
  call: () => Promise<unknown>,
): Promise<Pick<StoreError, "outcome" | "retryable"> & { reason: string }> {
  const { message, outcome, retryable } = await assertRejects(call, StoreError);
  return { outcome, retryable, reason: message.split(": ")[1] as string };
}

after(async () => await (await starting)?.[Symbol.asyncDispose]());

describe("PostgresMap()", () => {
  const refused = (client: unknown, options: unknown) =>
    assertThrows(() => new PostgresMap(client as PostgresClient, options as never), TypeError).message;
  const query = () => Promise.resolve([]);

  it("refuses a client that is none, and options that are wrong", () => {
    const must = "Cannot create PostgresMap: client must be one of the packages postgres or pg, or a function";
    for (const client of [undefined, null, {}, "postgres://a"]) {
      assertEquals(refused(client, { table: "a" }).startsWith(`${must}: received `), true);
    }
    assertEquals(refused(query, {}), "Cannot create PostgresMap: table must be given");
    assertEquals(
      refused(query, { table: "a", prefix: "b" }).startsWith("Cannot create PostgresMap: unknown option"),
      true,
    );
    assertThrows(() => new PostgresMap(query, { table: "a", ttlMs: 0 }), RangeError);
  });

  it("refuses tables whose names would have to be quoted, are too long, or belong to others", () => {
    for (
      const table of [
        "",
        "1a",
        "a-b",
        'a"; drop table b; --',
        "é",
        "a".repeat(49),
        "PG_a",
        "twinmap_tables",
        "TwinMap_a",
      ]
    ) {
      assertThrows(() => new PostgresMap(query, { table }), RangeError, "Cannot create PostgresMap: table must be ");
    }
    new PostgresMap(query, { table: `A${"a_1".repeat(15)}` });
  });
});

for (const [name, open] of Object.entries(POSTGRES_CLIENTS)) {
  describe(`PostgresMap over ${name} (needs PostgreSQL)`, { ignore: !postgresIsInstalled }, () => {
    let opened: OpenPostgresClient | undefined;

    after(async () => await opened?.[Symbol.asyncDispose]());

    /** The client, over the server. */
    async function connected(): Promise<PostgresClient> {
      await start();
      opened ??= open(server.url);
      return opened.client;
    }

    /** Connects with parameters of the session. */
    async function session<T>(parameters: SessionParameters, use: (client: PostgresClient) => Promise<T>): Promise<T> {
      await using other = open(server.url, parameters);
      return await use(other.client);
    }

    it("reads page after page, and clears many entries", async () => {
      const client = await connected();
      const map = new PostgresMap<number, string>(client, { table: newTable() });
      const keys = Array.from({ length: 1_500 }, (_, at) => at);
      await map.setMany(keys.map((key) => [key, "x".repeat(key % 7 === 0 ? 20_000 : 10)]));
      const visited: number[] = [];
      for await (const [key] of map) visited.push(key);
      assertEquals(visited.sort((a, b) => a - b), keys);
      assertEquals([await map.size(), (await map.getMany(keys)).size], [1_500, 1_500]);
      await map.clear();
      assertEquals(await map.size(), 0);
    });

    it("sets what fits into one statement in one step, and does not know what became of several", async () => {
      const client = await connected();
      const table = newTable();
      await new PostgresMap(client, { table }).set(0, "x");
      await server.sql(`alter table "${table}" add check (length(value) <> 3000004)`);
      const map = new PostgresMap<number, string>(client, { table });
      const text = (length: number) => "x".repeat(length);
      const outcome = async (entries: [number, string][]) => (await failure(() => map.setMany(entries))).outcome;
      assertEquals(await outcome([[1, text(1)], [2, text(3_000_000)], [3, text(1)]]), "not applied");
      assertEquals(await map.size(), 1);
      assertEquals(await outcome([[1, text(8_000_000)], [2, text(3_000_000)], [3, text(1)]]), "unknown");
      assertEquals((await Array.fromAsync(map.keys())).sort(), [0, 1]);
    });

    it("removes what has expired from the table, now and then", async () => {
      const client = await connected();
      const table = newTable();
      const map = new PostgresMap<number, number>(client, { table });
      await map.set(0, 0, { ttlMs: 0.001 });
      assertEquals(await map.has(0), false);
      assertEquals(await server.sql(`select count(*) from "${table}"`), "1");
      for (let key = 1; key < 100; key++) await map.set(key, key, { ttlMs: 60_000 });
      while (await server.sql(`select count(*) from "${table}" where expires_at < 3e12`) !== "99");
    });

    it("takes an entry that has expired for an absent one, in every method", async () => {
      const client = await connected();
      const map = new PostgresMap<string, number>(client, { table: newTable() });
      const expired = () => map.set("a", 1, { ttlMs: 0.001 });
      await expired();
      assertEquals([await map.get("a"), await map.getAndDelete("a")], [undefined, undefined]);
      await expired();
      assertEquals([await map.delete("a"), await map.getAndSet("a", 2), await map.get("a")], [false, undefined, 2]);
      await expired();
      assertEquals([await map.compareAndSet("a", 1, 2), await map.getOrInsert("a", 3), await map.get("a")], [
        false,
        3,
        3,
      ]);
      await expired();
      assertEquals([await map.update("a", (n) => (n ?? 10) + 1), await map.expiresAt("a")], [11, Infinity]);
      await expired();
      await map.set("b", 5);
      assertEquals([[...await map.getMany(["a", "b"])], await map.size()], [[["b", 5]], 1]);
      assertEquals([await Array.fromAsync(map), await Array.fromAsync(map.keys())], [[["b", 5]], ["b"]]);
      await map.setMany([["c", 1], ["d", 1]], { ttlMs: 0.001 });
      assertEquals(await map.size(), 1);
    });

    it("begins an update anew if the entry was written to meanwhile, or has expired", async () => {
      const client = await connected();
      const table = newTable();
      const [map, other] = [1, 2].map(() => new PostgresMap<string, number>(client, { table }));
      const writes: { readonly [name: string]: () => Promise<unknown> } = {
        set: () => other!.set("a", 1),
        setMany: () => other!.setMany([["a", 1]]),
        getAndSet: () => other!.getAndSet("a", 1),
        compareAndSet: () => other!.compareAndSet("a", 1, 1),
        delete: () => other!.delete("a").then(() => other!.getOrInsert("a", 1)),
        expire: () => server.sql(`update "${table}" set expires_at = 1`),
      };
      for (const [name, write] of Object.entries(writes)) {
        for (const next of [2, undefined]) {
          await map!.set("a", 1);
          let calls = 0;
          await map!.update("a", async () => {
            if (calls++ === 0) await write();
            return next;
          });
          assertEquals([name, calls, await map!.get("a")], [name, 2, next]);
        }
      }
    });

    it("refuses keys and values that are too long, before it sends anything", async () => {
      const client = await connected();
      const map = new PostgresMap<string | Uint8Array, number>(client, { table: newTable() });
      for (const key of ["k".repeat(2_047), "é".repeat(1_023), new Uint8Array(2_047)]) {
        await map.set(key, 1);
        assertEquals(await map.get(key), 1);
      }
      for (const key of ["k".repeat(2_048), "é".repeat(1_024), "😀".repeat(512), new Uint8Array(2_048)]) {
        await assertRejects(() => map.get(key), RangeError, "key must have at most 2048 bytes");
      }
      const long = { form: "bytes", encode: () => new Uint8Array(2 ** 27 + 1), decode: () => 1 } as const;
      const never = () => Promise.reject(new Error("it was sent"));
      const refusing = new PostgresMap<string, number>(never, { table: "a", codec: long });
      await assertRejects(
        () => refusing.set("a", 1),
        RangeError,
        "it must have at most 134217728 bytes: received 134217729",
      );
    });

    it("stores the bytes that a codec shows of a buffer, one by one and together", async () => {
      const client = await connected();
      const part: Codec<string> = {
        form: "bytes",
        encode: () => Uint8Array.of(1, 2, 3, 4).subarray(1, 3),
        decode: (bytes) => Array.from(bytes as Uint8Array).join(),
      };
      const map = new PostgresMap<string, string>(client, { table: newTable(), codec: part });
      await map.set("a", "");
      await map.setMany([["b", ""]]);
      assertEquals([await map.get("a"), await map.get("b")], ["2,3", "2,3"]);
    });

    it("sets the same entries for two callers, in whatever order each gives them", async () => {
      const client = await connected();
      const table = newTable();
      const map = new PostgresMap<number, number>(client, { table });
      const entries = Array.from({ length: 3 }, (_, at): [number, number] => [at, at]);
      await map.setMany(entries);
      await server.sql(
        `create function "slow_${table}"() returns trigger language plpgsql as $$ begin perform pg_sleep(0.05); return new; end $$`,
      );
      await server.sql(
        `create trigger slow before update on "${table}" for each row execute function "slow_${table}"()`,
      );
      // Each keeps the entries that it has set locked until it is done: in opposite orders, they would wait for each other.
      await Promise.all([map.setMany(entries), map.setMany(entries.toReversed())]);
    });

    it("opens the table again after it could not be opened", async () => {
      const client = await connected();
      const table = newTable();
      await server.sql(`create table "${table}" (a int)`);
      const map = new PostgresMap<string, number>(client, { table });
      await assertRejects(() => map.set("a", 1), StoreError);
      await server.sql(`drop table "${table}"`);
      await map.set("a", 1);
      assertEquals(await map.get("a"), 1);
    });

    it("says of a value that it cannot decode which key it is of", async () => {
      const client = await connected();
      const table = newTable();
      const map = new PostgresMap<string, number>(client, { table });
      await map.set("a", 1);
      await server.sql(`update "${table}" set value = 'nonsense'`);
      await assertRejects(() => map.get("a"), InvalidValueError);
      assertEquals(await map.delete("a"), true);
    });

    it("creates its table once, however many begin at the same time", async () => {
      const client = await connected();
      const table = newTable();
      const maps = Array.from({ length: 8 }, () => new PostgresMap<string, number>(client, { table }));
      await Promise.all(maps.map((map) => map.update("n", (n = 0) => n + 1)));
      assertEquals(await maps[0]?.get("n"), 8);
      assertEquals(await server.sql(`select version from twinmap_tables where name = '${table}'`), "1");
    });

    it("leaves a table of another kind, or of a later version, as it is", async () => {
      const client = await connected();
      const [foreign, later] = [newTable(), newTable()];
      await server.sql(`create table "${foreign}" (a int); create table "${later}" (a int)`);
      await server.sql(`insert into twinmap_tables values ('${later}', 9)`);
      const call = (table: string) => () => new PostgresMap(client, { table }).set("a", 1);
      assertEquals(await failure(call(foreign)), {
        outcome: "not applied",
        retryable: false,
        reason: `the database has a table ${foreign} already, which is not that of a map`,
      });
      assertEquals((await failure(call(later))).reason, `the table ${later} is of the later version 9`);
      assertEquals(await server.sql(`select count(*) from twinmap_tables where name = '${foreign}'`), "0");
    });

    it("creates its table anew after it was dropped or renamed, for a map that is made then", async () => {
      const client = await connected();
      const table = newTable();
      const open = () => new PostgresMap<string, number>(client, { table });
      const map = open();
      await map.set("a", 1);
      const version = `select version from twinmap_tables where name = '${table}'`;
      for (const removal of [`drop table "${table}"`, `alter table "${table}" rename to "${table}_before"`]) {
        await server.sql(`${removal}; update twinmap_tables set version = 9 where name = '${table}'`);
        assertEquals((await failure(() => map.set("a", 2))).reason, "the table is gone");
        const again = [open(), open()];
        await Promise.all(again.map((map) => map.update("n", (n = 0) => n + 1)));
        assertEquals([await again[0]?.get("a"), await again[1]?.get("n")], [undefined, 2]);
        assertEquals([await server.sql(version), await open().get("n")], ["1", 2]);
      }
    });

    it("needs no permission but those on the rows, once the table exists", async () => {
      const client = await connected();
      const table = newTable();
      await new PostgresMap(client, { table }).set("a", 1);
      await session({ default_transaction_read_only: "on" }, async (reader) => {
        const map = new PostgresMap<string, number>(reader, { table });
        assertEquals(await map.get("a"), 1);
        const refused = {
          outcome: "not applied",
          retryable: true,
          reason: "the server, or the session, is read-only",
        } as const;
        assertEquals(await failure(() => map.set("a", 2)), refused);
        assertEquals(await failure(() => new PostgresMap(reader, { table: newTable() }).get("a")), refused);
      });
    });

    it("knows of what the server refused that it was not applied", async () => {
      const client = await connected();
      const table = newTable();
      const map = new PostgresMap<string, number>(client, { table });
      await map.set("a", 1);
      const holder = server.sql(`begin; update "${table}" set value = value; select pg_sleep(1.5); commit`);
      await session({ statement_timeout: "300" }, async (other) => {
        const slow = new PostgresMap<string, number>(other, { table });
        while (await server.sql("select count(*) from pg_stat_activity where wait_event = 'PgSleep'") !== "1");
        assertEquals(await failure(() => slow.set("a", 2)), {
          outcome: "not applied",
          retryable: true,
          reason: "the server cancelled it, as by statement_timeout",
        });
      });
      await session({ lock_timeout: "100" }, async (other) => {
        const error = await failure(() => new PostgresMap<string, number>(other, { table }).set("a", 2));
        assertEquals([error.outcome, error.retryable], ["not applied", true]);
      });
      await holder;
      assertEquals(await map.get("a"), 1);
      await server.sql(`drop table "${table}"`);
      assertEquals(await failure(() => map.set("a", 2)), {
        outcome: "not applied",
        retryable: false,
        reason: "the table is gone",
      });
    });

    it("knows of a conflict of transactions that it was not applied", async () => {
      const client = await connected();
      const table = newTable();
      const map = new PostgresMap<string, number>(client, { table });
      await map.set("a", 1);
      await session({ default_transaction_isolation: "serializable" }, async (other) => {
        const strict = new PostgresMap<string, number>(other, { table });
        await strict.get("a");
        const holder = server.sql(`begin; update "${table}" set value = value; select pg_sleep(0.5); commit`);
        while (await server.sql("select count(*) from pg_stat_activity where wait_event = 'PgSleep'") !== "1");
        assertEquals(await failure(() => strict.set("a", 2)), {
          outcome: "not applied",
          retryable: true,
          reason: "it was in conflict with another transaction",
        });
        await holder;
      });
    });

    it("does not know what became of a write whose session was killed, or that was not answered in time", async () => {
      const client = await connected();
      const table = newTable();
      const map = new PostgresMap<string, number>(client, { table, timeoutMs: 700 });
      await map.set("a", 1);
      const hold = async (seconds: number) => {
        const holder = server.sql(`begin; update "${table}" set value = value; select pg_sleep(${seconds}); commit`);
        while (await server.sql("select count(*) from pg_stat_activity where wait_event = 'PgSleep'") !== "1");
        return { holder };
      };
      const { holder } = await hold(1);
      const killed = failure(() => map.set("a", 2));
      const kill = "select count(pg_terminate_backend(pid)) from pg_stat_activity where wait_event = 'transactionid'";
      while (await server.sql(kill) === "0");
      assertEquals((await killed).outcome, "unknown");
      await holder;
      const { holder: slower } = await hold(1.5);
      assertEquals(await failure(() => map.set("a", 3)), {
        outcome: "unknown",
        retryable: false,
        reason: "no answer within 700 ms",
      });
      await slower;
    });

    it("knows that nothing was sent where it cannot connect", async () => {
      await start();
      await using other = open("postgres://twinmap@127.0.0.1:1/postgres");
      assertEquals(await failure(() => new PostgresMap(other.client, { table: "a" }).set("a", 1)), {
        outcome: "not applied",
        retryable: true,
        reason: "the server cannot be reached",
      });
      await using nobody = open(server.url.replace("/postgres", "/nothing"));
      assertEquals(await failure(() => new PostgresMap(nobody.client, { table: "a" }).set("a", 1)), {
        outcome: "not applied",
        retryable: false,
        reason: "there is no such database",
      });
    });
  });
}

describe("PostgresMap in two processes (needs PostgreSQL)", { ignore: !postgresIsInstalled }, () => {
  it("loses no increment of either", async () => {
    await start();
    const worker = fileURLToPath(new URL("postgres/incrementing_process.ts", import.meta.url));
    const run = "Deno" in globalThis ? ["run", "-A", "--no-check", worker] : [worker];
    const started = ["postgres", "pg"].map((client) =>
      promisify(execFile)(process.execPath, [...run, server.url, client, "200"])
    );
    await Promise.all(started);
    await using opened = POSTGRES_CLIENTS.pg!(server.url);
    const map = new PostgresMap<string, number>(opened.client, { table: "counters" });
    assertEquals(await map.get("n"), 400);
  });
});
