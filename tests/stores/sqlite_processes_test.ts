/** Several processes use one file at the same time, and die. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { SqliteMap, StoreError } from "@twinmap/twinmap/sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StartedProcess } from "./started_process.ts";

describe("A SqliteMap of several processes", () => {
  let folder: string;
  let file: string;
  let database: DatabaseSync;
  let processes: StartedProcess[];
  const start = (...args: string[]) => {
    const process = new StartedProcess("tests/stores/sqlite_process.ts", [file, ...args]);
    processes.push(process);
    return process;
  };
  const open = () => new SqliteMap<string, number>(database, { table: "numbers", busyTimeoutMs: 0 });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twinmap-sqlite-"));
    file = join(folder, "a.db");
    database = new DatabaseSync(file);
    processes = [];
  });
  afterEach(async () => {
    for (const process of processes) await process.kill();
    database.close();
    rmSync(folder, { recursive: true });
  });

  it("keeps every increment, whoever creates the table first", async () => {
    const counters = Array.from({ length: 3 }, () => start("increment", "200"));
    await Promise.all(counters.map((counter) => counter.ended()));
    assertEquals(open().get("count"), 600);
  });

  it("has what a process had written when it was killed, and can be written to", async () => {
    const writer = start("write");
    await writer.says(50);
    await writer.kill();
    const numbers = open();
    const acknowledged = writer.said.length;
    for (let at = 0; at < acknowledged; at++) assertEquals(numbers.get(`key ${at}`), at);
    assert(numbers.size <= acknowledged + 1, "it has at most the one that was not acknowledged");
    assertEquals(database.prepare("PRAGMA integrity_check").get(), { __proto__: null, integrity_check: "ok" });
    assertEquals(numbers.set("count", 1).get("count"), 1);
  });

  it("leaves a key as it was if the process is killed while it updates the key", async () => {
    const numbers = open().set("count", 7);
    const holder = start("hold");
    await holder.says(1);
    assertEquals(numbers.get("count"), 7, "readers wait for nobody");
    const error = assertThrows(() => numbers.set("count", 8), StoreError);
    assertEquals(error.message, "Cannot complete set() of SqliteMap: another connection keeps the database locked");
    assertEquals([error.operation, error.outcome, error.retryable], ["set", "not applied", true]);
    await holder.kill();
    assertEquals(numbers.update("count", (count = 0) => count + 1), 8);
  });

  it("is not opened while another process keeps the file locked", async () => {
    const locker = start("lock");
    await locker.says(1);
    const error = assertThrows(
      open,
      StoreError,
      "Cannot open SqliteMap: another connection keeps the database locked",
    );
    assertEquals(error.retryable, true);
    await locker.kill();
    assertEquals(open().size, 0);
  });
});
