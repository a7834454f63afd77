import { assertEquals, assertThrows } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { SqliteMap, StoreError } from "@twinmap/twinmap/sqlite";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

describe("SqliteMap, when it opens its table,", () => {
  let folder: string;
  let file: string;
  let databases: DatabaseSync[];
  const connect = (options: { readOnly?: boolean } = {}) => {
    const database = new DatabaseSync(file, options);
    databases.push(database);
    return database;
  };
  const open = (database: DatabaseSync) => new SqliteMap<string, number>(database, { table: "entries" });
  const close = () => databases.splice(0).forEach((database) => database.close());
  /** Opens it, expects that to fail, and that the file stays as it was, without others beside it. */
  const refuses = (reason: string, options: { readOnly?: boolean } = {}) => {
    close();
    const before = readFileSync(file);
    const error = assertThrows(
      () => open(connect(options)),
      StoreError,
      `Cannot open SqliteMap: ${reason}`,
    );
    close();
    assertEquals([readFileSync(file).equals(before), existsSync(`${file}-wal`)], [true, false]);
    return error;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twinmap-sqlite-"));
    file = join(folder, "a.db");
    databases = [];
  });
  afterEach(() => {
    close();
    rmSync(folder, { recursive: true });
  });

  it("creates it in WAL mode, with its version, and finds it again", () => {
    const database = connect();
    open(database).set("a", 1);
    assertEquals(database.prepare("PRAGMA journal_mode").get(), { __proto__: null, journal_mode: "wal" });
    assertEquals(database.prepare("SELECT * FROM twinmap_tables").all(), [
      { __proto__: null, name: "entries", version: 1 },
    ]);
    close();
    assertEquals(open(connect()).get("a"), 1);
  });

  it("leaves the other tables of the database alone", () => {
    const database = connect();
    database.exec("CREATE TABLE mine (a); INSERT INTO mine VALUES (1)");
    open(database).clear();
    assertEquals(database.prepare("SELECT a FROM mine").all(), [{ __proto__: null, a: 1 }]);
  });

  it("creates it anew after it was dropped, whatever its version was", () => {
    const database = connect();
    open(database).set("a", 1);
    database.exec("DROP TABLE entries; UPDATE twinmap_tables SET version = 2");
    assertEquals([open(database).size, open(database).set("b", 2).size], [0, 1]);
    assertEquals(database.prepare("SELECT version FROM twinmap_tables").get(), { __proto__: null, version: 1 });
  });

  it("refuses a table of a later version, and writes nothing", () => {
    const database = connect();
    open(database).set("a", 1);
    database.exec("UPDATE twinmap_tables SET version = 2; PRAGMA journal_mode = DELETE");
    const error = refuses("the table entries is of the later version 2: this module knows 1");
    assertEquals([error.outcome, error.retryable], ["not applied", false]);
  });

  it("refuses a table or a view that is not that of a map, and writes nothing", () => {
    connect().exec("CREATE TABLE Entries (a)");
    refuses("the database has a table entries already, which is not that of a map");
    connect().exec("DROP TABLE Entries; CREATE VIEW entries AS SELECT 1");
    refuses("the database has a table entries already, which is not that of a map");
  });

  it("refuses a file that is not a database, and writes nothing", () => {
    writeFileSync(file, "This is a text, and long enough that nobody takes it for the head of a database. ".repeat(20));
    const error = refuses("the file is not a database");
    assertEquals(error.retryable, false);
  });

  it("refuses to create a table in a database that is read-only", () => {
    connect().exec("CREATE TABLE mine (a)");
    refuses("the database is read-only", { readOnly: true });
  });

  it("leaves the handle as it was if it refuses", () => {
    const database = connect();
    database.exec("CREATE TABLE entries (a)");
    assertThrows(() => open(database), StoreError);
    database.exec("BEGIN; DROP TABLE entries; COMMIT");
    assertEquals(open(database).set("a", 1).size, 1);
  });

  it("refuses a handle that answers with arrays for rows", () => {
    const database = new DatabaseSync(":memory:");
    const rows = { get: () => [1], all: () => [[1]], run: () => {} };
    const message = "the handle must answer with objects for rows";
    assertThrows(() => new SqliteMap({ prepare: () => rows }, { table: "t" }), StoreError, message);
    new SqliteMap(database, { table: "t" });
    database.close();
  });
});
