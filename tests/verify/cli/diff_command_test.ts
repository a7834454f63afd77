import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { SqliteMap } from "@twinmap/twinmap/sqlite";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { RedisMap } from "../../../src/stores/redis.ts";
import { redisIsInstalled, startRedis } from "../../servers/redis.ts";
import { CLIENTS } from "../../servers/redis_clients.ts";
import { type Ended, run, type Surroundings } from "./command.ts";

let folder: string;

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "twinmap-"))));
afterAll(() => rm(folder, { recursive: true }));

function diff(args: readonly string[], surroundings?: Surroundings): Promise<Ended> {
  return run(["diff", ...args], surroundings);
}

/** The address of a table with some entries. */
function table(name: string, entries: Iterable<readonly [string, unknown]>): string {
  const database = new DatabaseSync(join(folder, `${name}.db`));
  const map = new SqliteMap<string, unknown>(database, { table: "sessions" });
  for (const [key, value] of entries) map.set(key, value);
  database.close();
  return `sqlite:${join(folder, `${name}.db`)}#sessions`;
}

/** Waits a second for the second look. */
async function different(): Promise<{ readonly old: string; readonly new: string }> {
  const old = table("old", [["same", 0], ["secret", { card: 1 }], ["gone", "text"], ["\x1b[2J", 1]]);
  const json = JSON.stringify([["same", 0], ["secret", { card: 2 }], ["more", true]]);
  await writeFile(join(folder, "new.mjs"), `export default new Map(${json});\n`);
  return { old, new: join(folder, "new.mjs") };
}

describe("twinmap diff", () => {
  it("ends with 0 if both are the same, and writes nothing", async () => {
    const [old, next] = [table("a", [["x", { a: 1, b: 2 }]]), table("b", [["x", { b: 2, a: 1 }]])];
    const before = await readFile(join(folder, "a.db"));
    assertEquals(await diff([old, next]), {
      code: 0,
      out: [
        "No difference found",
        "",
        `Old   ${old} (SqliteMap)`,
        `New   ${next} (SqliteMap)`,
        "Read  digests of 4 entries; nothing was written",
        "",
      ].join("\n"),
      error: "",
    });
    assertEquals(await readFile(join(folder, "a.db")), before);
  });

  it("ends with 1 if they differ, and shows keys and values only if asked to", async () => {
    const maps = await different();
    const [plain, shown, json, short] = await Promise.all([
      diff([maps.old, maps.new]),
      diff([maps.old, maps.new, "--values"]),
      diff([maps.old, maps.new, "--values", "--json"]),
      diff([maps.old, maps.new, "--limit", "1"]),
    ]);
    assertEquals([plain.code, shown.code, json.code, short.code], [1, 1, 1, 1]);
    assertMatch(plain.out, /^4 differences found\n/);
    assertStringIncludes(plain.out, "Read  7 entries; nothing was written\n");
    assertMatch(plain.out, /^missing {7}[0-9a-f]{12} {2}old string\(4\)$/m);
    assertEquals(/secret|card|text/.test(plain.out), false);
    for (
      const line of [
        'missing       "gone"  old "text"',
        'value         "secret"  old {card: 1}  new {card: 2}',
        'extra         "more"  new true',
      ]
    ) assertStringIncludes(shown.out, `${line}\n`);
    assertEquals(shown.out.includes("\x1b"), false);
    const { oldMap, newMap, old, new: next, method, entries, differences, inconclusive, listed, ...others } = JSON
      .parse(
        json.out,
      );
    assertEquals(others, {});
    assertEquals([oldMap, newMap, old, next], [maps.old, maps.new, "SqliteMap", "Map"]);
    assertEquals([method, entries, differences, inconclusive], ["keys", 7, 4, 0]);
    assertEquals(listed.at(-1), { kind: "extra", key: '"more"', new: "true" });
    assertMatch(short.out, /\n\nmissing .*\nand 3 more\n$/);
  });

  it("ends with 2 if a map does not exist or cannot be read", async () => {
    const absent = `sqlite:${join(folder, "nowhere.db")}#sessions`;
    for (const args of [[absent, "native"], ["native", absent]]) {
      const error = `twinmap: Cannot compare ${absent}: it does not exist\n`;
      assertEquals(await diff(args), { code: 2, out: "", error });
    }
    const failing = join(folder, "failing.mjs");
    await writeFile(
      failing,
      `export default Object.assign(new Map([["a", 1]]), { keys() { throw new Error("broken"); } });\n`,
    );
    const { code, error } = await diff([failing, "native"]);
    assertEquals([code, error], [2, "twinmap: Cannot compare the two maps: broken\n"]);
  });

  it("takes --limit, --values and --json, and no option of another command", async () => {
    for (
      const [args, reason] of [
        [["a"], "NEW is missing"],
        [["a", "b", "--reveal"], "--reveal is no option of diff"],
        [["a", "b", "--limit", "-1"], "--limit"],
        [["a", "b", "--limit=0.5"], '--limit must be a whole number from 0: received "0.5"'],
      ] as const
    ) {
      const { code, error } = await diff(args);
      assertEquals(code, 2);
      assertStringIncludes(error, reason);
    }
    for (const args of [["replay", "-", "--values"], ["doctor", "a", "b", "--limit", "1"]]) {
      assertMatch((await run(args)).error, /^twinmap: --(values|limit) is no option of (replay|doctor)\n/);
    }
  });

  it("shows its progress on a terminal, and erases it", async () => {
    const { error } = await diff([table("c", [["a", 1]]), table("d", [["a", 1]])], { isTerminal: true });
    assertMatch(error, /^\r0 entries read, 0 differences found.\[K(\r[^\r]*.\[K)*\r.\[K$/);
  });

  it("can be interrupted", async () => {
    const interrupt = new AbortController();
    interrupt.abort();
    const { code, error } = await diff(["native", "native"], { signal: interrupt.signal });
    assertEquals([code, error], [130, "twinmap: interrupted before there was a report\n"]);
  });
});

describe("twinmap diff over a server (needs Redis)", { ignore: !redisIsInstalled }, () => {
  it("compares a table with the keys of a prefix, by digests, and hides the password", async () => {
    await using server = await startRedis();
    await server.cli("CONFIG", "SET", "requirepass", "open sesame");
    const url = server.url.replace("//", "//:open%20sesame@");
    const entries = Array.from({ length: 100 }, (_, at) => [`user ${at}`, { at }] as const);
    {
      await using opened = await CLIENTS.redis!(url);
      await new RedisMap<string, unknown>(opened.client, { prefix: "sessions:" }).setMany(entries);
    }
    const { code, out, error } = await diff([table("users", entries), `${url}/sessions:`]);
    assertEquals([code, error], [0, ""]);
    assertStringIncludes(out, "Read  digests of 200 entries; nothing was written\n");
    assertEquals([out.includes("sesame"), out.includes(":***@")], [false, true]);
  });
});
