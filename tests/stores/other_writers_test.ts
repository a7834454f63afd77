/** A twin of two stores, to which another process writes without a twin: what the twin says of it. */
import { assertEquals } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { type AsyncTwinMap, lift, twin } from "@twinmap/twinmap";
import { SqliteMap } from "@twinmap/twinmap/sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ManualClock } from "../../testing/manual_clock.ts";
import { StartedProcess } from "./started_process.ts";

describe("A twin of stores that another process writes to", () => {
  let folder: string;
  let file: string;
  let database: DatabaseSync;
  let clock: ManualClock;
  let users: AsyncTwinMap<string, string>;
  const open = (table: string) => lift(new SqliteMap<string, string>(database, { table, busyTimeoutMs: 60_000 }));
  const otherSets = (key: string, value: string, ...tables: string[]) =>
    new StartedProcess("tests/stores/other_writer.ts", [file, key, value, ...tables]).ended();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twinmap-writers-"));
    file = join(folder, "a.db");
    database = new DatabaseSync(file);
    clock = new ManualClock();
    users = twin(open("old"), open("new"), {
      clock,
      at: { stage: "shadow" },
      settleMs: [1_000, 1_000],
      unknownMs: 1_000,
    });
  });
  afterEach(() => {
    users.close();
    database.close();
    rmSync(folder, { recursive: true });
  });

  it("reports a write to one of them as a diff, which a write by the twin or a backfill ends", async () => {
    await clock.until(Promise.all(["a", "b", "c"].map((key) => users.set(key, "before"))));
    await otherSets("a", "after", "old");
    await otherSets("b", "after", "new");
    await otherSets("d", "after", "old");
    assertEquals(await clock.until(users.sweep()), false);
    const { value, missing } = users.report().byKind;
    assertEquals([value, missing], [2, 1]);
    await clock.until(users.set("b", "by the twin"));
    await clock.until(users.backfill());
    assertEquals(await clock.until(users.sweep()), true);
    assertEquals(await open("new").get("d"), "after");
  });

  it("reports a write to both as late if it is looked at in between", async () => {
    await clock.until(users.set("a", "before"));
    await otherSets("a", "after", "old");
    await users.get("a");
    await clock.advance(500);
    await otherSets("a", "after", "new");
    await clock.until(users.settle());
    const { late, diffs } = users.report();
    assertEquals([late, diffs], [1, 0]);
  });
});
