import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type AsyncTwinMap, type AsyncTwinOptions, lift, NativeMap, StageError, twin } from "@twinmap/twinmap";
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
    const { changes, equal, written, failed, lost } = await users.repair();
    assertEquals(changes, [
      { key: '"value"', side: "new", before: "20", after: "2" },
      { key: '"missing"', side: "new", before: "absent", after: "3" },
      { key: '"extra"', side: "new", before: "4", after: "absent" },
    ]);
    assertEquals([equal, written, failed, lost], [0, 0, 0, 0]);
    assertEquals([...newMap].sort(), [...oldMap].sort());
    const again = await users.repair();
    assertEquals([again.changes.length, again.equal], [0, 0]);
    users.reset("repaired");
    assertEquals(await clock.until(users.sweep()), true);
  });

  it("shows digests and types without `reveal`", async () => {
    const { users } = await swept();
    const { changes } = await users.repair();
    assertEquals(JSON.stringify(changes).match(/value|missing|extra/g), null);
    assertEquals(changes.map(({ before, after }) => [before, after]), [
      ["number", "number"],
      ["absent", "number"],
      ["number", "absent"],
    ]);
  });

  it("with `dryRun` writes nothing, and the next repair does what it told", async () => {
    const { users, newMap } = await swept();
    const before = [...newMap];
    const { changes } = await users.repair({ dryRun: true });
    assertEquals([...newMap], before);
    assertEquals((await users.repair()).changes, changes);
  });

  it("leaves keys alone that are equal again", async () => {
    const { users, newMap } = await swept();
    newMap.set("value", 2);
    const { changes, equal } = await users.repair();
    assertEquals([changes.length, equal], [2, 1]);
  });

  it("takes back what it changed, unless it was written since", async () => {
    const { users, newMap } = await swept();
    const before = [...newMap].sort();
    const { undo } = await users.repair();
    assertEquals((await users.repair({ undo })).changes.length, 3);
    assertEquals([...newMap].sort(), before);
    const again = await users.repair();
    await users.set("value", 5);
    await users.settle();
    assertEquals((await users.repair({ undo: again.undo })).written, 1);
    assertEquals(newMap.get("value"), 5);
  });

  it("leaves a key alone that another writer changes on the other side meanwhile", async () => {
    const { users, newMap } = await swept();
    newMap.compareAndSet = (key, expected, value) => {
      newMap.set(key, 21);
      return NativeMap.prototype.compareAndSet.call(newMap, key, expected, value);
    };
    const { changes, written } = await users.repair();
    assertEquals([changes.length, written, newMap.get("value")], [2, 1, 21]);
  });

  it("says how many keys it could not remember", async () => {
    const { users } = await swept({ maxPending: 1 });
    const { changes, lost } = await users.repair();
    assertEquals([changes.length, lost], [1, 2]);
  });

  it("tries a key at which a side failed again", async () => {
    const { users, newMap } = await swept();
    newMap.compareAndDelete = () => {
      throw new Error("the test lets it fail");
    };
    assertEquals((await users.repair()).failed, 1);
    Reflect.deleteProperty(newMap, "compareAndDelete");
    assertEquals((await users.repair()).changes.length, 1);
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
