import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { lift, StoreError } from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { AsyncSide } from "../../../verify/pair/async_side.ts";
import { FaultyStore } from "../faulty_store.ts";

function rig(): { clock: ManualClock; store: FaultyStore; side: AsyncSide<string, unknown> } {
  const clock = new ManualClock();
  const store = new FaultyStore(clock);
  return { clock, store, side: new AsyncSide<string, unknown>(store.map(), clock, 100) };
}

describe("AsyncSide", () => {
  it("reads entries in the order of the keys, with the times at which they expire", async () => {
    const { clock, store, side } = rig();
    await side.write("a", { value: 1, expiresAtMs: clock.now() + 50 }, clock.now());
    store.set("b", undefined);
    assertEquals(await side.read(["b", "c", "a"]), [
      { value: undefined, expiresAtMs: Infinity },
      undefined,
      { value: 1, expiresAtMs: clock.now() + 50 },
    ]);
  });

  it("takes an entry for absent that expires while it is read", async () => {
    const { clock, store } = rig();
    store.set("a", 1);
    const map = store.map();
    const getMany = map.getMany.bind(map);
    map.getMany = async (keys) => {
      const found = await getMany(keys);
      store.entries.clear();
      return found;
    };
    assertEquals(await new AsyncSide<string, unknown>(map, clock, 100).read(["a"]), [undefined]);
  });

  it("does not ask when an entry expires if nobody needs it", async () => {
    const { store, side } = rig();
    store.set("a", 1);
    assertEquals([await side.read(["a"], () => false), store.reads], [[{ value: 1 }], 1]);
  });

  it("deletes a key whose entry is absent, or has expired meanwhile", async () => {
    const { clock, store, side } = rig();
    for (const entry of [undefined, { value: 2, expiresAtMs: clock.now() }]) {
      store.set("a", 1);
      await side.write("a", entry, clock.now());
      assertEquals(store.entries.size, 0);
    }
  });

  it("writes entries that never expire together, whatever time the map would give them", async () => {
    const clock = new ManualClock();
    const map = lift(new LruMap<string, number>({ max: 9, ttlMs: 1_000, clock }));
    const setMany = map.setMany.bind(map);
    let calls = 0;
    map.setMany = (entries, options) => (calls++, setMany(entries, options));
    const side = new AsyncSide(map, clock, 100);
    const entries = [Infinity, Infinity, clock.now() + 50, undefined].map((expiresAtMs) => ({ value: 1, expiresAtMs }));
    await side.writeMany(["a", "b", "c", "d"], entries, clock.now());
    const times = await Promise.all(["a", "b", "c", "d"].map((key) => map.expiresAt(key)));
    assertEquals([times, calls], [[Infinity, Infinity, clock.now() + 50, clock.now() + 1_000], 2]);
  });

  it("makes a change once, with the time, and only if the value is still as it was before", async () => {
    const { clock, store, side } = rig();
    const change = {
      key: "a",
      side: "new",
      before: { value: 1, expiresAtMs: Infinity },
      after: { value: 2, expiresAtMs: clock.now() + 50 },
    } as const;
    store.set("a", 3);
    assertEquals([await side.change(change, clock), store.get("a")], ["written", 3]);
    store.set("a", 1);
    assertEquals(await side.change(change, clock), change);
    assertEquals(await side.read(["a"]), [change.after]);
    assertEquals(await side.change(change, clock), "equal");
    const back = { ...change, before: change.after, after: undefined };
    assertEquals([await side.change(back, clock), store.entries.size], [back, 0]);
    assertEquals(await side.change(back, clock), "equal");
    assertEquals(await side.change({ ...back, after: change.before }, clock), "written");
    const insertion = { ...change, before: undefined };
    assertEquals([await side.change(insertion, clock), await side.read(["a"])], [insertion, [change.after]]);
  });

  it("does not count a key as used when it reads it", async () => {
    const map = new LruMap<string, number>({ max: 2 });
    map.set("a", 1).set("b", 2);
    const side = new AsyncSide(lift(map), new ManualClock(), 100);
    assertEquals((await side.read(["a"])).map((entry) => entry?.value), [1]);
    map.set("c", 3);
    assertEquals(map.has("a"), false);
  });

  it("waits no longer for an answer: a write may still take effect, a read may be tried again", async () => {
    const { clock, store, side } = rig();
    store.hang();
    const read = assertRejects(() => side.read(["a"]), StoreError, "no answer within 100 ms");
    const write = assertRejects(() => side.write("a", { value: 1 }, 0), StoreError, "no answer within 100 ms");
    await clock.advance(100);
    assertEquals([(await read).outcome, (await read).retryable, (await write).outcome], [
      "not applied",
      true,
      "unknown",
    ]);
  });

  it("sends no more commands to a map that leaves too many without an answer, until it answers", async () => {
    const { clock, store, side } = rig();
    store.hang();
    for (let round = 0; round < 30; round++) {
      const reads = Array.from({ length: 64 }, () => side.read(["a"]).catch(() => {}));
      await clock.advance(100);
      await Promise.all(reads);
    }
    assertEquals(store.underWay, 1_024);
    const refused = await assertRejects(() => side.write("a", { value: 1 }, 0), StoreError);
    assertEquals([refused.outcome, refused.retryable], ["not applied", true]);
    store.answer();
    await clock.advance(0);
    await side.write("a", { value: 1 }, 0);
    assertEquals(store.get("a"), 1);
  });
});
