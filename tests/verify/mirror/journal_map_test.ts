/** The journal of a twin of two stores, in a map that outlives the process. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type AsyncTwinMap, type AsyncTwinOptions, lift, NativeMap, StageError, twin } from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { FaultyStore } from "../faulty_store.ts";

interface Stores {
  readonly clock: ManualClock;
  readonly oldStore: FaultyStore;
  readonly newStore: FaultyStore;
  readonly journal: FaultyStore;
}

function stores(): Stores {
  const clock = new ManualClock();
  const [oldStore, newStore, journal] = [0, 1, 2].map(() => new FaultyStore(clock)) as [
    FaultyStore,
    FaultyStore,
    FaultyStore,
  ];
  return { clock, oldStore, newStore, journal };
}

/** A process with a twin of the stores. */
function started(
  { clock, oldStore, newStore, journal }: Stores,
  options: AsyncTwinOptions<string, unknown> = {},
): AsyncTwinMap<string, unknown> {
  return twin(oldStore.map(), newStore.map(), {
    clock,
    at: { stage: "shadow" },
    mirrorTimeoutMs: 100,
    unknownMs: 1_000,
    settleMs: [10],
    journal: journal.map<number>(),
    ...options,
  });
}

const toLive = (users: AsyncTwinMap<string, unknown>) => users.stage("live", { percent: 50, force: "a test" });

describe("the option journal", () => {
  it("keeps the keys that are to be copied again, with the time, until they are copied", async () => {
    const all = stores();
    const { clock, newStore, journal } = all;
    const users = started(all);
    newStore.error = FaultyStore.down();
    await clock.until(Promise.all([users.set("a", 1), users.set("b", 1)]));
    await clock.advance(1);
    assertEquals([...journal.entries.keys()], ["a", "b"]);
    assertEquals(Math.abs(journal.get("a") as number - clock.now()) < 100, true);
    newStore.error = undefined;
    await clock.advance(60_000);
    assertEquals([journal.entries.size, newStore.get("a")], [0, 1]);
  });

  it("brings them to the next process, which copies them once their writes can take effect no more", async () => {
    const all = stores();
    const { clock, oldStore, newStore, journal } = all;
    const before = started(all);
    newStore.error = FaultyStore.down();
    await clock.until(before.set("a", 1));
    before.close();
    const after = started({ ...all, oldStore, newStore, journal });
    newStore.error = undefined;
    newStore.entries.clear();
    await clock.advance(1);
    assertEquals(after.report().mirror.journaled, 1);
    await clock.advance(900);
    await clock.advance(2_000);
    assertEquals([newStore.get("a"), after.report().mirror.journaled, journal.entries.size], [1, 0, 0]);
  });

  it("is read before a move is made, and before a look counts", async () => {
    const all = stores();
    const { clock, oldStore, newStore, journal } = all;
    for (const store of [oldStore, newStore]) store.set("a", 1);
    journal.set("a", 0);
    journal.hang();
    const users = started(all);
    let isRefused = false;
    const refused = assertRejects(() => toLive(users), StageError).then(() => isRefused = true);
    await users.get("a");
    await clock.advance(500);
    assertEquals([isRefused, users.report().compared, users.report().inconclusive], [false, 0, 1]);
    journal.answer();
    await clock.until(refused);
    await clock.advance(5_000);
    await users.get("a");
    await clock.until(users.settle());
    assertEquals(users.report().compared, 1);
    await clock.until(toLive(users));
  });

  it("loses all keys, which voids the evidence, if it fails, hangs or holds too many; callers see nothing of it", async () => {
    const fails: readonly ((all: Stores) => void)[] = [
      ({ journal }) => journal.error = new Error("The test lets it fail"),
      ({ journal }) => journal.hang(),
      ({ journal }) => ["a", "b", "c"].forEach((key) => journal.set(key, 0)),
    ];
    for (const fail of fails) {
      const all = stores();
      fail(all);
      const users = started(all, { maxPending: 2 });
      await all.clock.until(users.set("a", 1));
      await all.clock.advance(2_000);
      assertEquals(users.report().mirror.errors, 1);
      assertEquals(
        users.report().moves.find(({ stage }) => stage === "live")?.missing.includes("a backfill must finish"),
        true,
      );
    }
  });

  it("loses all keys if it cannot be written", async () => {
    const all = stores();
    const { clock, newStore, journal } = all;
    const users = started(all);
    await clock.advance(1);
    journal.error = new Error("The test lets it fail");
    newStore.error = FaultyStore.down();
    await clock.until(users.set("a", 1));
    await clock.advance(100);
    assertEquals(users.report().mirror.errors, 2);
  });

  it("may be a synchronous map", async () => {
    const all = stores();
    const journal = new NativeMap<string, number>();
    const users = started(all, { journal });
    all.newStore.error = FaultyStore.down();
    await all.clock.until(users.set("a", 1));
    await all.clock.advance(10);
    assertEquals([...journal.keys()], ["a"]);
  });

  it("must be a map, and neither the old nor the new one", () => {
    const oldMap = new Map<string, number>();
    const newMap = lift(new NativeMap<string, number>());
    assertThrows(() => twin(oldMap, newMap, { journal: oldMap }), TypeError, "journal must be a map of its own");
    assertThrows(() => twin(oldMap, newMap, { journal: newMap }), TypeError, "journal must be a map of its own");
    assertThrows(() => twin(oldMap, newMap, { journal: 1 as never }), TypeError, "journal must");
  });

  it("must be a map that keeps its entries", () => {
    const clock = new ManualClock();
    const newMap = lift(new NativeMap<string, number>());
    const expiring = new FaultyStore(clock).map<number>({ expires: "map" });
    for (
      const journal of [new LruMap<string, number>({ max: 2 }), lift(new LruMap<string, number>({ max: 2 })), expiring]
    ) {
      assertThrows(
        () => twin(new Map<string, number>(), newMap, { journal }),
        TypeError,
        "journal must keep its entries",
      );
    }
  });

  it("keeps keys longer than the entries of its map live", async () => {
    const all = stores();
    const journal = all.journal.map<number>();
    const { set } = journal;
    journal.set = (key, value, options) => set.call(journal, key, value, { ttlMs: 1_000, ...options });
    const users = started(all, { journal });
    all.newStore.error = FaultyStore.down();
    await all.clock.until(users.set("a", 1));
    await all.clock.advance(60_000);
    assertEquals([...all.journal.entries.values()].map(({ expiresAt }) => expiresAt), [Infinity]);
  });
});
