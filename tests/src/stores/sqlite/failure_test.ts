/** Errors of real databases that are full, locked, read-only, corrupt or closed, and of other handles. */
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { SqliteMap, StoreError } from "@twinmap/twinmap/sqlite";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { failureOf } from "../../../../src/stores/sqlite/failure.ts";

describe("A SqliteMap", () => {
  let folder: string;
  let file: string;
  let opened: DatabaseSync[];
  const connect = (options: { readOnly?: boolean } = {}) => {
    const database = new DatabaseSync(file, options);
    opened.push(database);
    return database;
  };
  const open = (database: DatabaseSync) =>
    new SqliteMap<string | number, unknown>(database, { table: "entries", busyTimeoutMs: 0 });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twinmap-sqlite-"));
    file = join(folder, "a.db");
    opened = [];
  });
  afterEach(() => {
    for (const database of opened) {
      try {
        database.close();
      } catch {
        // The test has closed it.
      }
    }
    rmSync(folder, { recursive: true });
  });

  it("that is full says so, keeps what it has, and can be tried again when there is room", () => {
    const database = connect();
    const map = open(database).set("a", 1);
    database.exec("PRAGMA max_page_count = 20");
    const large = "x".repeat(200_000);
    for (
      const use of [() => map.set("b", large), () => map.update("b", () => large), () => map.getOrInsert("b", large)]
    ) {
      const error = assertThrows(use, StoreError, "the disk or the database is full");
      assertEquals([error.outcome, error.retryable], ["not applied", true]);
    }
    assertEquals([...map], [["a", 1]]);
    database.exec("PRAGMA max_page_count = 1000");
    assertEquals(map.set("b", large).get("b"), large);
  });

  it("keeps nothing of an update that finds it full, not even what its function wrote", () => {
    const database = connect();
    const map = open(database);
    database.exec("PRAGMA max_page_count = 20");
    assertThrows(
      () =>
        map.update("a", () => {
          map.set("b", 1);
          return "x".repeat(200_000);
        }),
      StoreError,
      "Cannot update in SqliteMap: the disk or the database is full",
    );
    assertEquals([map.has("a"), map.set("c", 1).get("c")], [false, 1]);
  });

  it("that another connection writes to is read, and says of a write that it may be tried again", () => {
    const map = open(connect()).set("a", 1);
    const other = connect();
    other.exec("BEGIN IMMEDIATE");
    assertEquals(map.get("a"), 1);
    for (
      const use of [() => map.set("a", 2), () => map.update("a", () => 2), () => map.clear(), () => map.delete("a")]
    ) {
      const error = assertThrows(use, StoreError, "another connection keeps the database locked");
      assertEquals([error.outcome, error.retryable], ["not applied", true]);
    }
    other.exec("ROLLBACK");
    assertEquals(map.getAndSet("a", 2), 1);
  });

  it("lets no function of update wait for itself through another connection", () => {
    const map = open(connect()).set("a", 1);
    const other = open(connect());
    assertThrows(
      () =>
        map.update("a", () => {
          other.set("b", 1);
          return 2;
        }),
      StoreError,
      "Cannot set in SqliteMap: another connection keeps the database locked",
    );
    assertEquals([map.get("a"), other.set("b", 1).get("b")], [1, 1]);
  });

  it("that the user reads in an older transaction says of a write that it may be tried again", () => {
    const database = connect();
    const map = open(database).set("a", 1);
    database.exec("BEGIN");
    assertEquals(map.get("a"), 1);
    open(connect()).set("a", 2);
    const error = assertThrows(() => map.set("a", 3), StoreError, "another connection keeps the database locked");
    assertEquals([(error.cause as { errcode: number }).errcode, error.retryable], [517, true]);
    database.exec("ROLLBACK");
    assertEquals(map.get("a"), 2);
  });

  it("that is read-only is read, and says of a write that it cannot be", () => {
    const writing = connect();
    open(writing).set("a", 1);
    const map = open(connect({ readOnly: true }));
    assertEquals([map.get("a"), [...map]], [1, [["a", 1]]]);
    for (const use of [() => map.set("a", 2), () => map.update("a", () => 2), () => map.clear()]) {
      const error = assertThrows(use, StoreError, "the database is read-only");
      assertEquals([error.outcome, error.retryable], ["not applied", false]);
    }
  });

  it("in a file that was damaged says so", () => {
    const database = connect();
    const map = open(database);
    database.exec("BEGIN");
    for (let key = 0; key < 2_000; key++) map.set(key, "some text");
    database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    database.close();
    const bytes = readFileSync(file);
    bytes.fill(0xff, 3 * 4_096);
    writeFileSync(file, bytes);
    const damaged = open(connect());
    const error = assertThrows(() => damaged.snapshot(), StoreError, "the file is corrupt");
    assertEquals([error.outcome, error.retryable], ["not applied", false]);
    assertThrows(() => [...damaged], StoreError, "the file is corrupt");
  });

  it("whose handle was closed says so", () => {
    const database = connect();
    const map = open(database);
    database.close();
    const error = assertThrows(() => map.get("a"), StoreError, "Cannot get in SqliteMap: SQLite refused it");
    assertEquals(error.retryable, false);
    assertInstanceOf(error.cause, Error);
  });
});

describe("failureOf()", () => {
  it("knows the errors of bun:sqlite and better-sqlite3", () => {
    const named = (code: string) => failureOf("set", "a", Object.assign(new Error("x"), { code })) as StoreError;
    assertEquals(named("SQLITE_BUSY").message, "Cannot set in SqliteMap: another connection keeps the database locked");
    assertEquals(named("SQLITE_BUSY_SNAPSHOT").retryable, true);
    assertEquals(named("SQLITE_CORRUPT_INDEX").message, "Cannot set in SqliteMap: the file is corrupt");
    assertEquals(named("SQLITE_CONSTRAINT_UNIQUE").message, "Cannot set in SqliteMap: SQLite refused it");
    const numbered = failureOf("set", "a", Object.assign(new Error("x"), { errno: 13, code: "SQLITE_FULL" }));
    assertEquals(numbered.message, "Cannot set in SqliteMap: the disk or the database is full");
  });

  it("does not know whether a write was applied if the disk failed", () => {
    for (const errcode of [10, 10 | 4 << 8]) {
      const failure = failureOf("set", "a", Object.assign(new Error("x"), { errcode }));
      assert(failure instanceof StoreError);
      assertEquals([failure.outcome, failure.retryable], ["unknown", false]);
    }
  });

  it("is a RangeError for what is longer than SQLite takes", () => {
    for (const error of [{ errcode: 18 }, { errno: 18 }, { code: "SQLITE_TOOBIG" }]) {
      assertInstanceOf(failureOf("set", "a", error), RangeError);
    }
  });

  it("takes anything that a handle throws", () => {
    for (const error of [undefined, null, 1, "text", new Error("new")]) {
      assertEquals(failureOf("get", undefined, error).message, "Cannot get in SqliteMap: SQLite refused it");
    }
  });
});
