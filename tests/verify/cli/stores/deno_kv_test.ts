import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { openKv } from "@deno/kv";
import { type DenoKvDatabase, DenoKvMap } from "@twinmap/twinmap/deno-kv";
import { SqliteMap } from "@twinmap/twinmap/sqlite";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, run } from "../command.ts";

let folder: string;

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "twinmap-"))));
afterAll(() => rm(folder, { recursive: true }));

function doctor(...args: readonly string[]): Promise<Ended> {
  return run(["doctor", ...args]);
}

function neverCalled(): never {
  throw new Error("a value that is not bytes");
}

/** The path of a database whose map of the prefix `sessions` has these entries. */
async function database(name: string, entries: readonly (readonly [string, unknown])[]): Promise<string> {
  const file = join(folder, name);
  const kv = await openKv(file, { encodeV8: neverCalled, decodeV8: neverCalled });
  await new DenoKvMap<string, unknown>(kv as DenoKvDatabase, { prefix: "sessions", split: true }).setMany(entries);
  kv.close();
  return file;
}

describe("twinmap doctor over a file of Deno KV", () => {
  it("reads the entries of a prefix, long values included", async () => {
    const file = await database("old.kv", [["a", new Set([1])], ["b", "b".repeat(100_000)]]);
    const { code, out } = await doctor(`denokv:${file}#sessions`, `denokv:${join(folder, "absent.kv")}#sessions`);
    assertEquals(code, 1);
    assertStringIncludes(out, `Old      denokv:${file}#sessions (DenoKvMap, codec devalue)`);
    assertStringIncludes(out, "Scanned  2 entries of the old map; nothing was written");
    assertStringIncludes(out, "Problem: 1 value is over 65,510 B, the most that the new map takes.");
    assertStringIncludes(out, "Note: The new map does not exist yet, so its latency was not measured.");
    assertMatch(out, /^get\(\) {4}[\d.]+ ms, at most [\d.]+ ms \(old\), not measured \(new\)$/m);
    assertEquals(existsSync(join(folder, "absent.kv")), false);
    const { out: other } = await doctor(`denokv:${file}#other`, `denokv:${file}#sessions`);
    assertStringIncludes(other, "Scanned  0 entries of the old map; nothing was written");
    assertStringIncludes(other, "Note: The new map has entries already.");
  });

  it("ends with 2 if there is no such file, or none of Deno KV, and leaves it as it is", async () => {
    const absent = `denokv:${join(folder, "nowhere.kv")}#sessions`;
    assertEquals((await doctor(absent, "native")).error, `twinmap: Cannot examine ${absent}: it does not exist\n`);
    const sqlite = join(folder, "other.db");
    const opened = new DatabaseSync(sqlite);
    new SqliteMap(opened, { table: "sessions" }).set("a", 1);
    opened.close();
    const text = join(folder, "text");
    await writeFile(text, "no database");
    for (
      const [file, reason] of [[sqlite, /the file is not a database of Deno KV\n$/], [
        text,
        /not a database\n$/,
      ]] as const
    ) {
      const before = await readFile(file);
      const { code, error } = await doctor(`denokv:${file}#p`, "native");
      assertEquals([code, error.startsWith("twinmap: Cannot open ")], [2, true]);
      assertMatch(error, reason);
      assertEquals(await readFile(file), before);
    }
  });

  it("refuses addresses without a prefix, with one that is too long, and of servers", async () => {
    const file = await database("refused.kv", []);
    for (const address of [`denokv:${file}`, `denokv:${file}#`, "denokv:#a"]) {
      const { code, error } = await doctor(address, "native");
      assertEquals([code, error], [2, `twinmap: Cannot open ${address}: it must be denokv:FILE#PREFIX\n`]);
    }
    const { error } = await doctor(`denokv:${file}#${"p".repeat(201)}`, "native");
    assertStringIncludes(error, "Cannot create DenoKvMap: prefix must be a string of 1 to 200 characters");
    const { error: ofServer } = await doctor("denokv:https://a.example/b#p", "native");
    assertEquals(
      ofServer,
      "twinmap: Cannot open denokv:https://a.example/b#p: for a database that is not a file, give a module\n",
    );
  });
});
