import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  type AsyncTwinMap,
  type AsyncTwinOptions,
  lift,
  NativeMap,
  StageError,
  twin,
  type TwinMap,
  type TwinOptions,
} from "@twinmap/twinmap";
import fc from "fast-check";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { RacedStore } from "../twin/raced_store.ts";
import { NEVER_MS, UnhurriedClock } from "../unhurried_clock.ts";

type Maps = { oldMap: NativeMap<string, number>; newMap: NativeMap<string, number>; clock: ManualClock };

/** A twin of two stores that differ on three keys, found by a sweep. */
async function swept(
  options: AsyncTwinOptions<string, number> = {},
): Promise<Maps & { users: AsyncTwinMap<string, number> }> {
  const clock = new ManualClock();
  const oldMap = new NativeMap([["same", 1], ["value", 2], ["missing", 3]]);
  const newMap = new NativeMap([["same", 1], ["value", 20], ["extra", 4]]);
  const users = twin(lift(oldMap), lift(newMap), { clock, settleMs: [1], at: { stage: "dualwrite" }, ...options });
  assertEquals(await clock.until(users.sweep()), false);
  return { oldMap, newMap, clock, users };
}

describe("repair()", () => {
  it("refreshes the keys that were found different, and lists what it changed", async () => {
    const { users, oldMap, newMap, clock } = await swept({ reveal: true });
    const { changes, equal, written, failed, lost } = await clock.until(users.repair());
    assertEquals(changes, [
      { key: '"value"', side: "new", before: "20", after: "2" },
      { key: '"missing"', side: "new", before: "absent", after: "3" },
      { key: '"extra"', side: "new", before: "4", after: "absent" },
    ]);
    assertEquals([equal, written, failed, lost], [0, 0, 0, 0]);
    assertEquals([...newMap].sort(), [...oldMap].sort());
    const again = await clock.until(users.repair());
    assertEquals([again.changes.length, again.equal], [0, 0]);
    users.reset("repaired");
    assertEquals(await clock.until(users.sweep()), true);
  });

  it("shows digests and types without `reveal`", async () => {
    const { users, clock } = await swept();
    const { changes } = await clock.until(users.repair());
    assertEquals(JSON.stringify(changes).match(/value|missing|extra/g), null);
    assertEquals(changes.map(({ before, after }) => [before, after]), [
      ["number", "number"],
      ["absent", "number"],
      ["number", "absent"],
    ]);
  });

  it("with `dryRun` writes nothing, and the next repair does what it told", async () => {
    const { users, newMap, clock } = await swept();
    const before = [...newMap];
    const { changes } = await clock.until(users.repair({ dryRun: true }));
    assertEquals([...newMap], before);
    assertEquals((await clock.until(users.repair())).changes, changes);
  });

  it("leaves keys alone that are equal again", async () => {
    const { users, newMap, clock } = await swept();
    newMap.set("value", 2);
    const { changes, equal } = await clock.until(users.repair());
    assertEquals([changes.length, equal], [2, 1]);
  });

  it("takes back what it changed, unless it was written since", async () => {
    const { users, newMap, clock } = await swept();
    const before = [...newMap].sort();
    const { undo } = await clock.until(users.repair());
    assertEquals((await clock.until(users.repair({ undo }))).changes.length, 3);
    assertEquals([...newMap].sort(), before);
    const again = await clock.until(users.repair());
    await users.set("value", 5);
    await users.settle();
    assertEquals((await clock.until(users.repair({ undo: again.undo }))).written, 1);
    assertEquals(newMap.get("value"), 5);
  });

  it("leaves a key alone that another writer changes on the other side meanwhile", async () => {
    const { users, newMap, clock } = await swept();
    newMap.compareAndSet = (key, expected, value) => {
      newMap.set(key, 21);
      return NativeMap.prototype.compareAndSet.call(newMap, key, expected, value);
    };
    const { changes, written } = await clock.until(users.repair());
    assertEquals([changes.length, written, newMap.get("value")], [2, 1, 21]);
  });

  it("says how many keys it could not remember", async () => {
    const { users, clock } = await swept({ maxPending: 1 });
    const { changes, lost } = await clock.until(users.repair());
    assertEquals([changes.length, lost], [1, 2]);
  });

  it("tries a key at which a side failed again", async () => {
    const { users, newMap, clock } = await swept();
    newMap.compareAndDelete = () => {
      throw new Error("the test lets it fail");
    };
    assertEquals((await clock.until(users.repair())).failed, 1);
    Reflect.deleteProperty(newMap, "compareAndDelete");
    assertEquals((await clock.until(users.repair())).changes.length, 1);
  });

  it("is refused where one side alone is written, and with a wrong option", async () => {
    const users = twin(lift(new NativeMap<string, number>()), lift(new NativeMap<string, number>()));
    await assertRejects(() => users.repair(), StageError, "Cannot repair at off: only one side is written");
    await assertRejects(() => users.repair({ dryRun: 1 as never }), TypeError, "dryRun must be a boolean");
    await assertRejects(() => users.repair({ undo: {} as never }), TypeError, "undo must be the undo of a repair");
  });

  it("undoes no write of a caller, in whatever order commands take effect", async () => {
    const keys = fc.constantFrom("a", "b");
    const writes = fc.array(fc.tuple(keys, fc.option(fc.nat(3))), { maxLength: 6 });
    const instances = fc.constantFrom("one" as const, "many" as const);
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), writes, instances, async (scheduler, writes, instances) => {
        const oldStore = new RacedStore(scheduler, "old", [["a", 1], ["b", 2]]);
        const newStore = new RacedStore(scheduler, "new", [["a", 3]]);
        const clock = new UnhurriedClock(scheduler);
        const options = {
          clock,
          instances,
          settleMs: [1],
          mirrorTimeoutMs: NEVER_MS,
          unknownMs: NEVER_MS,
          at: { stage: "dualwrite" },
        } as const;
        const users = twin(oldStore.map(clock), newStore.map(clock), options);
        await scheduler.waitFor(users.sweep());
        const expected = new Map(oldStore.entries);
        const write = async () => {
          for (const [key, value] of writes) {
            if (value === null) expected.delete(key);
            else expected.set(key, value);
            await (value === null ? users.delete(key) : users.set(key, value));
          }
        };
        await scheduler.waitFor(Promise.all([users.repair(), write()]));
        await scheduler.waitFor(users.settle());
        assertEquals([...oldStore.entries].sort(), [...expected].sort());
        assertEquals([...newStore.entries].sort(), [...expected].sort());
        users.close();
      }),
      { numRuns: 100 },
    );
  });
});

/** A twin of two synchronous maps that differ on three keys, found by a sweep. */
async function sweptAtOnce(
  options: TwinOptions<string, number> = {},
): Promise<Maps & { users: TwinMap<string, number> }> {
  const clock = new ManualClock();
  const oldMap = new NativeMap([["same", 1], ["value", 2], ["missing", 3]]);
  const newMap = new NativeMap([["same", 1], ["value", 20], ["extra", 4]]);
  const users = twin(oldMap, newMap, { clock, reveal: true, at: { stage: "dualwrite" }, ...options });
  assertEquals(await clock.until(users.sweep()), false);
  return { oldMap, newMap, clock, users };
}

describe("repair() of a synchronous twin", () => {
  it("refreshes the keys that were found different, and takes that back", async () => {
    const { users, oldMap, newMap, clock } = await sweptAtOnce();
    const before = [...newMap].sort();
    const planned = await clock.until(users.repair({ dryRun: true }));
    assertEquals([...newMap].sort(), before);
    const { changes, undo, equal, written, failed } = await clock.until(users.repair());
    assertEquals(changes, planned.changes);
    assertEquals(changes.sort((a, b) => a.key.localeCompare(b.key)), [
      { key: '"extra"', side: "new", before: "4", after: "absent" },
      { key: '"missing"', side: "new", before: "absent", after: "3" },
      { key: '"value"', side: "new", before: "20", after: "2" },
    ]);
    assertEquals([equal, written, failed], [0, 0, 0]);
    assertEquals([...newMap].sort(), [...oldMap].sort());
    assertEquals((await clock.until(users.repair())).changes, []);
    await clock.until(users.repair({ undo }));
    assertEquals([...newMap].sort(), before);
    await clock.until(users.repair());
    users.reset("repaired");
    assertEquals(await clock.until(users.sweep()), true);
  });

  it("counts a change that is taken back already as equal, and leaves what was written since", async () => {
    const { users, newMap, clock } = await sweptAtOnce();
    const { undo } = await clock.until(users.repair());
    newMap.set("value", 20);
    users.set("missing", 33);
    await clock.until(users.settle());
    const back = await clock.until(users.repair({ undo }));
    assertEquals([back.changes.length, back.equal, back.written], [1, 1, 1]);
    assertEquals([newMap.get("missing"), newMap.get("extra")], [33, 4]);
  });

  it("applies queued writes first, so that none of them finds what it did not expect", async () => {
    const { users, oldMap, newMap, clock } = await sweptAtOnce({ mirror: "queued" });
    users.reset("the differences are known");
    const before = users.report().diffs;
    assertEquals(users.compareAndSet("same", 1, 5), true);
    assertEquals(users.getAndSet("value", 6), 2);
    const repairing = users.repair();
    assertEquals(users.getAndDelete("missing"), 3);
    const { changes } = await clock.until(repairing);
    await clock.until(users.settle());
    assertEquals([...newMap].sort(), [...oldMap].sort());
    assertEquals(changes.map(({ key }) => key), ['"missing"', '"extra"']);
    assertEquals(users.report().diffs, before);
  });

  it("refreshes each key from the side that answers for it", async () => {
    const keys = Array.from({ length: 64 }, (_, at) => `key ${at}`);
    const clock = new ManualClock();
    const oldMap = new NativeMap(keys.map((key) => [key, "old"]));
    const newMap = new NativeMap(keys.map((key) => [key, "new"]));
    const users = twin(oldMap, newMap, { clock, at: { stage: "live", percent: 50 } });
    const answers = keys.map((key) => users.get(key));
    assertEquals(new Set(answers), new Set(["old", "new"]));
    assertEquals(await clock.until(users.sweep()), false);
    const { changes, undo } = await clock.until(users.repair());
    assertEquals(changes.length, keys.length);
    for (const map of [oldMap, newMap, users]) assertEquals(keys.map((key) => map.get(key)), answers);
    assertEquals((await clock.until(users.repair({ undo }))).changes.length, keys.length);
    assertEquals(keys.map((key) => users.get(key)), answers);
    assertEquals(new Set([...oldMap.values(), ...newMap.values()]).size, 2);
  });

  it("leaves the event loop to others between keys", async () => {
    const keys = Array.from({ length: 100 }, (_, at) => `key ${at}`);
    const clock = new ManualClock();
    const newMap = new NativeMap<string, number>();
    const users = twin(new NativeMap(keys.map((key) => [key, 1])), newMap, { clock, at: { stage: "dualwrite" } });
    await clock.until(users.sweep());
    const repairing = users.repair();
    await new Promise<void>((resolve) => setTimeout(resolve));
    assertEquals(newMap.size < keys.length, true);
    await clock.until(repairing);
    assertEquals(newMap.size, keys.length);
  });

  it("is refused where one side alone is written, and leaves keys alone once that is so", async () => {
    const { users, newMap, clock } = await sweptAtOnce();
    await assertRejects(() => users.repair({ dryRun: 1 as never }), TypeError, "dryRun must be a boolean");
    const { undo } = await clock.until(users.repair());
    users.stage("off");
    await assertRejects(() => users.repair({ undo }), StageError, "Cannot repair at off: only one side is written");
    users.stage("dualwrite");
    const many = Array.from({ length: 20 }, (_, at) => ({ ...undo[0]!, key: `key ${at}`, before: undefined }));
    for (const { key, after } of many) newMap.set(key, after!.value);
    const undoing = users.repair({ undo: many });
    users.stage("off");
    const { written, changes } = await clock.until(undoing);
    assertEquals([written > 0, written + changes.length], [true, many.length]);
    assertEquals(many.filter(({ key }) => newMap.has(key)).length, written);
  });
});
