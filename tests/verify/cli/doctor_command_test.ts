import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { StoreError } from "@twinmap/twinmap";
import { devalue } from "@twinmap/twinmap/devalue";
import { json } from "@twinmap/twinmap/json";
import { type Codec, SqliteMap } from "@twinmap/twinmap/sqlite";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresMap } from "../../../src/stores/postgres.ts";
import { openMap } from "../../../verify/cli/address.ts";
import { postgresIsInstalled, startPostgres } from "../../servers/postgres.ts";
import { POSTGRES_CLIENTS } from "../../servers/postgres_clients.ts";
import { redisIsInstalled, startRedis } from "../../servers/redis.ts";
import { type Ended, run, type Surroundings } from "./command.ts";

const MOD = new URL("../../../mod.ts", import.meta.url).href;

let folder: string;

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "twinmap-"))));
afterAll(() => rm(folder, { recursive: true }));

function doctor(args: readonly string[], surroundings?: Surroundings): Promise<Ended> {
  return run(["doctor", ...args], surroundings);
}

async function module(name: string, code: string): Promise<string> {
  const path = join(folder, `${name}.mjs`);
  await writeFile(path, code);
  return path;
}

/** The address of a table with some entries. */
function table(
  name: string,
  entries: readonly (readonly [string, unknown])[],
  codec: Codec<unknown> = devalue,
): string {
  const database = new DatabaseSync(join(folder, `${name}.db`));
  const map = new SqliteMap<string, unknown>(database, { table: "sessions", codec });
  database.exec("BEGIN");
  for (const [key, value] of entries) map.set(key, value);
  database.exec("COMMIT");
  database.close();
  return `sqlite:${join(folder, `${name}.db`)}#sessions`;
}

/** A module whose map copies values by a codec, and takes at most so many bytes of each. */
function copying(name: string, maxValueBytes: string, codec: string): Promise<string> {
  return module(
    name,
    `import { NativeMap } from ${JSON.stringify(MOD)};
    export const codec = ${codec};
    export default () => NativeMap.adopt(new Map(), { traits: { values: "copy", maxValueBytes: ${maxValueBytes} } });\n`,
  );
}

describe("twinmap doctor", () => {
  it("ends with 0 if there is no problem, and writes nothing", async () => {
    const old = table("clean", [["a", new Date(0)], ["b", new Set([1])]]);
    const [before, file] = [await readFile(join(folder, "clean.db")), join(folder, "absent.db")];
    const { code, out, error } = await doctor([old, `sqlite:${file}#sessions`]);
    assertEquals([code, error], [0, ""]);
    assertEquals(
      out.replace(/[\d.]+ ms, at most [\d.]+ ms/, "TIME"),
      [
        "No problem found, and 1 note",
        "",
        `Old      ${old} (SqliteMap, codec devalue)`,
        `New      sqlite:${file}#sessions (SqliteMap, codec devalue)`,
        "Scanned  2 entries of the old map; nothing was written",
        "get()    TIME (old), not measured (new)",
        "",
        "Note: The new map does not exist yet, so its latency was not measured.",
        "  It is created when it is used for the first time.",
        "",
      ].join("\n"),
    );
    assertEquals([existsSync(file), await readFile(join(folder, "clean.db"))], [false, before]);
  });

  it("ends with 1 if the new map refuses entries, and tells how many and why", async () => {
    const old = await module(
      "refused",
      `export default new Map([["secret", () => 1], [{}, 2], ["deep", [{ at: new URL("http://a") }]]]);\n`,
    );
    const next = table("taken", [["a", 1]]);
    const { code, out } = await doctor([old, next]);
    assertEquals(code, 1);
    assertMatch(out, /^3 problems found, and 5 notes\n/);
    for (
      const line of [
        "Problem: 1 value is a function, which the codec of the new map does not take.",
        "Problem: 1 value holds a URL, which the codec of the new map does not take.",
        "Problem: 1 key is not of the kind that the new map takes: strings, integers and bytes only.",
        "Note: The new map has entries already.",
      ]
    ) assertStringIncludes(out, line);
    assertEquals(/secret|deep/.test(out), false);
    const revealed = (await doctor([old, next, "--reveal"])).out;
    for (const line of ['  for example "secret"\n', '  for example "deep" at [0].at\n']) {
      assertStringIncludes(revealed, line);
    }
  });

  it("finds values that are too long, and those that come back otherwise", async () => {
    const old = await module(
      "long",
      `export default new Map(Array.from({ length: 40 }, (_, i) => [i, i < 37 ? "x".repeat(70_000) : new Date(i)]));\n`,
    );
    const json = "{ encode: JSON.stringify, decode: JSON.parse }";
    const { code, out } = await doctor([old, await copying("json", "65_536", json)]);
    assertEquals(code, 1);
    assertStringIncludes(out, "Problem: 37 values are over 65,536 B, the most that the new map takes.");
    assertStringIncludes(out, "Problem: 3 values do not come back as set: a Date comes back as a string.");
  });

  it("says so if it does not know the codec of the new map", async () => {
    const { code, out } = await doctor(["native", await copying("unknown", "Infinity", "undefined")]);
    assertEquals(code, 0);
    assertStringIncludes(out, "Note: It is not known how the new map stores values, so they were not checked.");
  });

  it("counts the values on either side that their codec cannot read", async () => {
    const written = (name: string, codec: Codec<unknown>) =>
      table(name, Array.from({ length: 1_200 }, (_, at) => [`user ${at}`, { at }]), codec);
    const [byJson, byDevalue] = [written("by_json", json), written("by_devalue", devalue)];
    const database = new DatabaseSync(join(folder, "by_devalue.db"));
    database.prepare("UPDATE sessions SET value = 'nonsense' WHERE value LIKE '%,1_]'").run();
    database.close();
    const { code, out } = await doctor([byJson, byDevalue, "--reveal"]);
    assertEquals(code, 1);
    const advice = "If another codec wrote them, name a module whose map has that codec. Else repair or remove them.";
    assertStringIncludes(
      out,
      `Problem: 1,200 of 1,200 values of the old map cannot be read with its codec devalue.\n  ${advice}\n  for example "user 0"\n`,
    );
    assertStringIncludes(out, "Problem: 10 of 1,200 values of the new map cannot be read with its codec devalue.\n");
    assertStringIncludes(out, "Scanned  1,200 entries of the old map; nothing was written\n");
    assertMatch(out, /^get\(\) {4}[\d.]+ ms, /m);
  });

  it("reads on to where the old map cannot be read, and says so", async () => {
    const old = table("broken", [["a", 1]]);
    const database = new DatabaseSync(join(folder, "broken.db"));
    database.prepare("UPDATE sessions SET key = x'ff'").run();
    database.close();
    const { code, out } = await doctor([old, "native"]);
    assertEquals(code, 1);
    assertStringIncludes(out, "Problem: The old map cannot be read to its end: Cannot read a value of SqliteMap: ");
    assertStringIncludes(out, "0 entries of the old map, not all");
  });

  it("prints JSON, and nothing else", async () => {
    const { code, out, error } = await doctor(["--json", table("json", [["a", 1]]), "native"]);
    const { oldMap, newMap, old, scan, findings } = JSON.parse(out);
    assertEquals([code, error, newMap, old.name], [1, "", "native", "SqliteMap"]);
    assertEquals([oldMap.endsWith("json.db#sessions"), scan], [true, { entries: 1, isComplete: true }]);
    assertEquals(findings[0], {
      check: "traits",
      level: "problem",
      text: "The old map is shared by all who use its store, the new one only by one thread.",
      advice: "Choose a new map that is shared as widely: else each would have entries that the others do not see.",
      examples: [],
    });
  });

  it("shows neither passwords nor terminal escapes", async () => {
    const { code, out, error } = await doctor(["native", "redis://ann:open%20sesame@127.0.0.1:1/p"]);
    assertEquals([code, out], [2, ""]);
    assertMatch(error, /^twinmap: Cannot open the map redis:\/\/ann:\*\*\*@127\.0\.0\.1:1\/p: /);
    const old = await module("escapes", `export default new Map([["\\x1b[2J", () => {}]]);\n`);
    const shown = await doctor([old, table("escapes", []), "--reveal"]);
    assertEquals([shown.code, shown.out.includes("\x1b")], [1, false]);
  });

  it("knows that entries of a table expire, if one of them does", async () => {
    const database = new DatabaseSync(join(folder, "expiring.db"));
    new SqliteMap<string, number>(database, { table: "sessions", ttlMs: Infinity }).set("a", 1, { ttlMs: 3_600_000 });
    database.close();
    const { code, out } = await doctor([`sqlite:${join(folder, "expiring.db")}#sessions`, "native"]);
    assertEquals(code, 1);
    assertStringIncludes(out, "Entries of the old map expire; those of the new one never do.");
  });

  it("refuses to compare a map with itself", async () => {
    const address = table("itself", [["a", 1]]);
    const held = await module("held", "export default new Map();\n");
    const again = await module("again", `export { default } from ${JSON.stringify(held)};\n`);
    for (const [oldMap, newMap] of [[address, address], [held, again]] as const) {
      assertEquals(await doctor([oldMap, newMap]), {
        code: 2,
        out: "",
        error: `twinmap: Cannot compare ${oldMap} with ${newMap}: they are one map\n`,
      });
    }
  });

  it("refuses a module whose default export is no map, and makes none", async () => {
    const wrong = ["export const x = 1;", "export default 5;", "export default () => null;", "export default {};"];
    for (const [at, code] of wrong.entries()) {
      const { error } = await doctor(["native", await module(`none${at}`, code)]);
      assertMatch(error, /its default export must be a map, or a function that returns one: received /);
    }
    const later = await module("later", "export default Promise.resolve(new Map());\n");
    assertEquals((await doctor([later, "native"])).code, 0);
  });

  it("ends with 2 if a map cannot be opened", async () => {
    const absent = `sqlite:${join(folder, "nowhere.db")}#sessions`;
    assertEquals(await doctor([absent, "native"]), {
      code: 2,
      out: "",
      error: `twinmap: Cannot examine ${absent}: it does not exist\n`,
    });
    for (const address of ["sqlite:a.db", "sqlite:#t", "redis://127.0.0.1:1", "sqlite:a.db#a-b", "nothing"]) {
      const { code, error } = await doctor(["native", address]);
      assertEquals(code, 2);
      assertMatch(error, /^twinmap: Cannot (open|create) [^\n]+\n$/);
    }
  });

  it("shows its progress on a terminal, and erases it", async () => {
    const { error } = await doctor([table("progress", [["a", 1]]), "native"], { isTerminal: true });
    assertMatch(error, /^\r0 entries of the old map read.\[K(\r[^\r]*.\[K)*\r.\[K$/);
  });

  it("can be interrupted", async () => {
    const interrupt = new AbortController();
    const endless = await module(
      "endless",
      `import { lift } from ${JSON.stringify(MOD)};
      const map = lift(new Map());
      export default Object.assign(map, { entries: async function* () { for (let i = 0;; i++) yield [i, i]; } });\n`,
    );
    const { code, error } = await doctor([endless, "native"], {
      isTerminal: true,
      signal: interrupt.signal,
      onError: (text) => {
        if (/[1-9]/.test(text)) interrupt.abort();
      },
    });
    assertEquals(code, 130);
    assertMatch(error, /twinmap: interrupted before there was a report\n$/);
  });
});

describe("twinmap doctor over a server (needs PostgreSQL)", { ignore: !postgresIsInstalled }, () => {
  it("reads a table of the server, and creates none", async () => {
    await using server = await startPostgres();
    const [old, next] = [`${server.url}#sessions`, `${server.url}#absent`];
    {
      await using opened = POSTGRES_CLIENTS.pg!(server.url);
      await new PostgresMap<string, number>(opened.client, { table: "sessions" }).set("a", 1);
    }
    const { code, out } = await doctor([old, next]);
    assertEquals(code, 0);
    assertStringIncludes(out, `Old      ${old} (PostgresMap, codec devalue)`);
    assertStringIncludes(out, "Scanned  1 entry of the old map; nothing was written");
    assertStringIncludes(out, "Note: The new map does not exist yet, so its latency was not measured.");
    assertMatch(out, /^Clock {4}[+-]\d+ ms \(old's server/m);
    assertEquals(await server.sql("select count(*) from pg_tables where tablename = 'absent'"), "0");
    const secret = old.replace("@", ":open%20sesame@");
    for (const options of [[], ["--json"]]) {
      const shown = (await doctor([secret, next, ...options])).out;
      assertEquals([shown.includes("sesame"), shown.includes(":***@")], [false, true]);
    }
    await using reader = await openMap(old);
    const map = reader.map as PostgresMap<string, number>;
    await assertRejects(() => map.set("b", 2), StoreError, "the server, or the session, is read-only");
    const { error } = await doctor([`${server.url}x#sessions`, next]);
    assertMatch(error, /^twinmap: Cannot open the map postgres:\/\/.+: database "postgresx" does not exist\n$/);
  });
});

describe("twinmap doctor over a server (needs Redis)", { ignore: !redisIsInstalled }, () => {
  it("asks for its clock and its eviction policy", async () => {
    await using server = await startRedis({ "maxmemory-policy": "allkeys-lru" });
    const { code, out } = await doctor([table("redis", [["a", 1]]), `${server.url}/sessions:`]);
    assertEquals(code, 1);
    assertStringIncludes(
      out,
      "Problem: The server of the new map evicts any entries when its memory is full: maxmemory-policy is allkeys-lru.",
    );
    assertMatch(out, /^Clock {4}[+-]\d+ ms \(new's server against this machine, to \d+ ms\)$/m);
    assertEquals(await server.cli("DBSIZE"), "0");
    await server.cli("SET", "my sessions:sa", "[1]");
    const { out: other } = await doctor([`${server.url}/my%20sessions:`, "native"]);
    assertStringIncludes(other, "Scanned  1 entry of the old map; nothing was written");
  });
});
