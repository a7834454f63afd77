import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type SqliteDatabase, SqliteMap, type SqliteValue } from "@twinmap/twinmap/sqlite";
import { Buffer } from "node:buffer";
import { DatabaseSync } from "node:sqlite";

/** A handle that answers as `better-sqlite3` or `bun:sqlite` may: `null` for no row, `Buffer`s, bigints, and codes that are names. */
function otherHandle(): SqliteDatabase {
  const database = new DatabaseSync(":memory:");
  const answered = (name: string, value: unknown): unknown => {
    if (value instanceof Uint8Array) return Buffer.from(value);
    // When an entry expires is a REAL, for which no handle gives a bigint.
    return Number.isInteger(value) && name !== "expires_at" ? BigInt(value as number) : value;
  };
  const answeredRow = (row: unknown) =>
    Object.fromEntries(Object.entries(row as object).map(([name, value]) => [name, answered(name, value)]));
  const named = <T>(fn: () => T): T => {
    try {
      return fn();
    } catch (error) {
      throw Object.assign(new Error((error as Error).message), { code: "SQLITE_ERROR" });
    }
  };
  return {
    prepare: (sql) => {
      const statement = named(() => database.prepare(sql));
      return {
        get: (...values: SqliteValue[]) => {
          const row = named(() => statement.get(...values));
          return row === undefined ? null : answeredRow(row);
        },
        all: (...values) => named(() => statement.all(...values)).map(answeredRow),
        run: (...values) => named(() => statement.run(...values)),
      };
    },
  };
}

describe("A SqliteMap over a handle that is not that of node:sqlite", () => {
  it("answers as over any other", () => {
    const handle = otherHandle();
    const open = () => new SqliteMap<string | Uint8Array, unknown>(handle, { table: "entries", ttlMs: 1e9 });
    open().set("e", 1);
    const map = open();
    assertEquals(map.getAndDelete("e"), 1);
    map.set("a", [1]).set(new Uint8Array([1]), "b\0");
    assertEquals([map.get("a"), map.get(new Uint8Array([1])), map.get("c"), map.size], [[1], "b\0", undefined, 2]);
    assertEquals(new Map(map), new Map<unknown, unknown>([["a", [1]], [new Uint8Array([1]), "b\0"]]));
    assertEquals(map.update("a", () => map.getAndDelete("a")), [1]);
    assertEquals(typeof map.expiresAt("a"), "number");
    assertEquals([map.getOrInsert("d", 1), map.delete("d"), map.delete("d")], [1, true, false]);
  });
});
