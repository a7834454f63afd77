/** Several private old maps, and one new map that all of them move to. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { lift, NativeMap, twin } from "@twinmap/twinmap";
import { SqliteMap } from "@twinmap/twinmap/sqlite";
import { DatabaseSync } from "node:sqlite";
import { countInPrivateMaps, movePrivateMaps } from "./private_maps.ts";

function sqliteStore() {
  return lift(new SqliteMap<string, number>(new DatabaseSync(":memory:"), { table: "sessions" }));
}

describe("private old maps and a shared new one", () => {
  it("move, each with its own keys, and touch no key of another instance", async () => {
    await movePrivateMaps(sqliteStore());
  });

  it("find a key that two of them hold with different values", async () => {
    await countInPrivateMaps(sqliteStore());
  });

  it("are what the option scope says", async () => {
    const store = sqliteStore();
    await store.set("left over", 1);
    const options = { settleMs: [1], at: { stage: "dualwrite" } } as const;
    const own = twin(new Map<string, number>(), store, { ...options, scope: { new: "thread" } });
    assertEquals([await own.sweep(), own.report().recent[0]?.kind], [false, "extra"]);
    await own.backfill();
    assertEquals(await store.size(), 0);
    own.close();
    const shared = lift(new NativeMap([["theirs", 1]]));
    const sharing = twin(new Map<string, number>(), shared, { ...options, scope: { new: "store" } });
    assertEquals(await sharing.sweep(), true);
    assertEquals(sharing.report().traits.new.scope, "store");
    sharing.close();
    assertThrows(() => twin(new Map(), shared, { scope: { new: "world" as "store" } }), RangeError, "scope.new");
    assertThrows(() => twin(new Map(), shared, { scope: { now: "store" } as never }), TypeError, "scope.now");
  });
});
