/** What a map that evicts means to a twin: it explains a difference, which is then neither a diff nor silent. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, NativeMap, type Traits, twin, type TwinMap, type TwinReport } from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import fc from "fast-check";
import { MinimalMap } from "../../conformance/minimal_map.ts";
import { steps } from "../../../testing/conformance/operations.ts";
import { forced, moveTo } from "../../move_to.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

type Users = TwinMap<string, number>;

/** A twin whose new map holds two entries, at `shadow` with both sides empty. */
async function rig(max = 2) {
  const clock = new ManualClock();
  const newMap = new LruMap<string, number>({ max, ttlMs: 1_000_000, clock });
  const users: Users = twin(new Map<string, number>(), newMap, { clock });
  await moveTo(users, clock, "shadow");
  return { clock, newMap, users };
}

/** The counts that must add up to what was due. */
function assertAddsUp({ due, compared, evicted, inconclusive, dropped, pending }: TwinReport): void {
  assertEquals(compared + evicted + inconclusive + dropped + pending, due);
}

describe("a twin with a map that evicts", () => {
  it("counts a key that was evicted as such, at once, and not as a diff", async () => {
    const { clock, users } = await rig();
    users.set("a", 1).set("b", 2).set("c", 3);
    users.get("a");
    await clock.advance(1);
    const report = users.report();
    assertEquals([report.evicted, report.matched, report.diffs, report.late], [2, 2, 0, 0]);
    assertAddsUp(report);
  });

  it("counts a key that has expired likewise", async () => {
    const { clock, users } = await rig();
    users.set("a", 1);
    await clock.until(users.settle());
    await clock.advance(1_000_001);
    users.get("a");
    await clock.until(users.settle());
    const { evicted, matched, diffs } = users.report();
    assertEquals([evicted, matched, diffs], [1, 1, 0]);
  });

  it("finds a key that was lost and never evicted", async () => {
    const { clock, newMap, users } = await rig();
    users.set("a", 1).set("b", 2).set("c", 3);
    newMap.delete("c");
    users.get("c");
    await clock.until(users.settle());
    const { byKind, evicted } = users.report();
    assertEquals([byKind.missing, evicted], [2, 1]);
  });

  it("calls a difference evicted that was another one before its re-check", async () => {
    const { clock, newMap, users } = await rig();
    users.set("a", 1);
    await clock.until(users.settle());
    newMap.set("a", 7);
    users.get("a");
    await clock.advance(1);
    newMap.set("x", 0).set("y", 0);
    await clock.until(users.settle());
    const report = users.report();
    assertEquals([report.evicted, report.diffs], [1, 0]);
    assertAddsUp(report);
  });

  it("sweeps clean, and says how many keys were evicted", async () => {
    const { clock, users } = await rig(10);
    for (let key = 0; key < 100; key++) users.set(`${key}`, key);
    assertEquals(await clock.until(users.sweep()), true);
    const { sweep } = users.report();
    assertEquals([sweep.clean, sweep.diffs, sweep.evicted], [true, 0, 90]);
    users.stage("live", forced("live"));
  });

  it("is backfilled though not all entries have room", async () => {
    const clock = new ManualClock();
    const oldMap = new Map(Array.from({ length: 50 }, (_, key) => [key, key]));
    const newMap = new LruMap<number, number>({ max: 10 });
    const users = twin(oldMap, newMap, { clock });
    await moveTo(users, clock, "live");
    const { sweep, backfill, evicted } = users.report();
    assertEquals([backfill.done, sweep.clean, evicted, newMap.size], [50, true, 40, 10]);
  });

  it("counts an answer that eviction explains, whichever side evicted", async () => {
    const writes: ((users: Users) => unknown)[] = [
      (users) => users.delete("a"),
      (users) => users.getAndDelete("a"),
      (users) => users.getAndSet("a", 2),
      (users) => users.update("a", () => 2),
      (users) => users.compareAndSet("a", 1, 2),
      (users) => users.compareAndDelete("a", 1),
    ];
    for (const write of writes) {
      for (const stage of ["shadow", "rampdown"] as const) {
        const { clock, users } = await rig();
        if (stage === "rampdown") {
          await clock.until(users.sweep());
          users.stage("live", forced("live"));
          users.stage("rampdown", forced("rampdown"));
        }
        users.set("a", 1).set("b", 2).set("c", 3);
        await clock.until(users.settle());
        await clock.advance(1_000);
        const before = users.report().evicted;
        write(users);
        await clock.until(users.settle());
        const report = users.report();
        assertEquals([report.evicted - before, report.diffs], [1, 0], `${write} at ${stage}`);
        assertAddsUp(report);
        await clock.until(users.sweep());
        assertEquals(users.report().diffs, 0, `${write} at ${stage}, swept`);
      }
    }
  });

  it("leaves both sides with what was inserted after an eviction, and the other as it was where a write was refused", async () => {
    const clock = new ManualClock();
    const newMap = new Map<string, number>();
    const users = twin<string, number>(new LruMap<string, number>({ max: 1 }), newMap, { clock });
    await moveTo(users, clock, "shadow");
    users.set("a", 1).set("b", 2);
    assertEquals([users.compareAndSet("a", 1, 5), newMap.get("a")], [false, 1]);
    assertEquals([users.getOrInsert("a", 6), newMap.get("a")], [6, 6]);
    await clock.until(users.settle());
    assertEquals(users.report().diffs, 0);
  });

  it("changes nothing in the map by comparing, by sweeping and by copying from it", async () => {
    const clock = new ManualClock();
    const oldMap = new LruMap<string, number>({ max: 3 });
    oldMap.set("a", 1).set("b", 2).set("c", 3);
    const users = twin(oldMap, new Map<string, number>(), { clock });
    users.stage("dualwrite");
    const assertUnchanged = () => assertEquals([...oldMap.keys()], ["c", "b", "a"]);
    await clock.until(users.backfill());
    assertUnchanged();
    users.stage("shadow");
    users.has("a");
    await clock.until(users.settle());
    assertUnchanged();
    await clock.until(users.sweep());
    assertUnchanged();
  });

  it("never calls an eviction a diff, whatever is done, at every stage, whichever side evicts", async () => {
    const keys = fc.constantFrom("a", "b", "c", "d");
    const values = fc.constantFrom<unknown>(0, -0, 1, undefined, "x");
    const stages = fc.constantFrom("dualwrite", "shadow", "live", "rampdown");
    const mirrors = fc.constantFrom("inline", "queued");
    const acts = fc.array(fc.tuple(steps(keys, values), fc.constantFrom(0, 0, 5, 3_000)), { maxLength: 40 });
    const evicting = fc.constantFrom("old", "new", "both");
    await fc.assert(
      fc.asyncProperty(stages, mirrors, evicting, acts, async (stage, mirror, side, acts) => {
        const clock = new ManualClock();
        // An old map alone whose entries expire would lead to diffs of kind expiry.
        const ttl = side === "old" ? {} : { ttlMs: 2_000 };
        const lru = () => new LruMap<string, unknown>({ max: 2, ...ttl, clock });
        const maps: ConcurrentMap<string, unknown>[] = [
          side === "new" ? new NativeMap() : lru(),
          side === "old" ? new NativeMap() : lru(),
        ];
        const [oldMap, newMap] = maps as [ConcurrentMap<string, unknown>, ConcurrentMap<string, unknown>];
        const users = twin(oldMap, newMap, { clock, mirror, reveal: true });
        await moveTo(users, clock, stage, 50);
        for (const [step, waitMs] of acts) {
          step.operation.onMap(users, step);
          if (waitMs > 0) await clock.advance(waitMs);
        }
        await clock.until(users.settle());
        assertEquals(await clock.until(users.sweep()), true);
        const report = users.report();
        assertEquals(report.recent, []);
        assertAddsUp(report);
      }),
    );
  });

  it("refuses a map that says it evicts and can't tell what", () => {
    class Forgetful extends MinimalMap<string, number> {
      override get traits(): Traits {
        return { ...super.traits, evicts: true };
      }
    }
    const message = "the new map evicts, so it must have the methods peek and evicted: received Forgetful";
    assertThrows(() => twin(new Map<string, number>(), new Forgetful()), TypeError, message);
    assert(twin(new Map(), new LruMap({ max: 1 })));
  });
});
