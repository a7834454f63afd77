/** The old map missed a write, and the way back stayed open: callers then got the value from before it. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, type Stage, StageError, twin, type TwinMap, type TwinOptions } from "@twinmap/twinmap";
import { FaultyMap } from "../../testing/faulty_map.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";

interface Rig {
  readonly clock: ManualClock;
  readonly oldMap: FaultyMap<string, number>;
  readonly users: TwinMap<string, number>;
}

/** A twin at rampdown whose old map missed a write. */
async function rig(options: TwinOptions<string, number>): Promise<Rig> {
  const clock = new ManualClock();
  const oldMap = new FaultyMap<string, number>(new NativeMap([["a", 1], ["b", 1]]));
  const users = twin(oldMap, new NativeMap<string, number>(), { clock, ...options });
  await moveTo(users, clock, "rampdown");
  oldMap.fault = "throws";
  users.set("a", 2);
  await clock.until(users.settle());
  oldMap.fault = undefined;
  return { clock, oldMap, users };
}

function assertNoWayBack(users: TwinMap<string, number>): void {
  const { missing } = assertThrows(() => users.stage("live", { percent: 0, force: "an outage" }), StageError);
  assertEquals(missing, ["a backfill from the new map to the old one must finish"]);
}

describe("an old map that missed a write at rampdown", () => {
  for (const mirror of ["inline", "queued"] as const) {
    it(`holds it before the way back ends (${mirror})`, async () => {
      const { clock, users } = await rig({ mirror });
      await clock.until(users.back("the new map is slow"));
      assertEquals([users.report().stage, users.report().percent, users.get("a")], ["live", 0, 2]);
    });
  }

  it("holds it before the way back ends, though the write was still queued", async () => {
    const { clock, oldMap, users } = await rig({ mirror: "queued" });
    await clock.until(users.backfill());
    users.set("b", 2);
    oldMap.fault = "throws";
    const gone = users.back("the new map is slow");
    oldMap.fault = undefined;
    await clock.until(gone);
    assertEquals([users.report().percent, users.get("b")], [0, 2]);
  });

  it("does not answer, and is not copied from, until a backfill has ended", async () => {
    const { clock, users } = await rig({});
    assertNoWayBack(users);
    await assertRejects(() => users.backfill({ from: "old" }), StageError, "the old map lacks entries");
    users.stage("rampdown");
    assertNoWayBack(users);
    await clock.until(users.backfill());
    users.stage("live", { percent: 0 });
    assertEquals(users.get("a"), 2);
  });

  it("may answer once a sweep is clean", async () => {
    const { clock, users } = await rig({});
    assertEquals(await clock.until(users.sweep()), false);
    assertNoWayBack(users);
    users.set("a", 3);
    assertEquals(await clock.until(users.sweep()), true);
    users.stage("live", { percent: 0 });
    assertEquals(users.get("a"), 3);
  });

  it("does not answer if it missed another write during the backfill", async () => {
    const { clock, oldMap, users } = await rig({ mirror: "inline" });
    const copied = users.backfill();
    users.set("c", 1);
    oldMap.fault = "throws";
    users.set("a", 4);
    oldMap.fault = undefined;
    await clock.until(copied);
    assertNoWayBack(users);
  });

  it("lets the twin go on to complete, and back from there by a backfill", async () => {
    const { clock, users } = await rig({});
    users.stage("complete", { force: "a test" });
    await clock.until(users.back("the new map is slow"));
    assertEquals([users.report().percent, users.get("a")], [0, 2]);
  });
});

/** A twin at live, of which one map or both missed a write of 2 for "a". */
async function liveRig(missedBy: readonly ("old" | "new")[], options: TwinOptions<string, number> = {}) {
  const clock = new ManualClock();
  const oldMap = new FaultyMap<string, number>(new NativeMap([["a", 1], ["b", 1]]));
  const newMap = new FaultyMap<string, number>(new NativeMap());
  const users = twin(oldMap, newMap, { clock, ...options });
  await moveTo(users, clock, "live", 100);
  for (const side of missedBy) {
    const map = side === "old" ? oldMap : newMap;
    if (side === "new") users.stage("live", { percent: 0, force: "a test" });
    map.fault = "throws";
    users.set("a", 2);
    map.fault = undefined;
  }
  await clock.until(users.settle());
  users.stage("live", { percent: 100, force: "a test" });
  return { clock, oldMap, newMap, users };
}

const UNKNOWN = "a clean sweep, or backfill({ from }), must show that the old map holds everything";

describe("an old map that missed a write at live", () => {
  for (const sample of [1, 0]) {
    it(`does not answer more keys before a sweep is clean, unless that is forced (sample ${sample})`, async () => {
      const { clock, users } = await liveRig(["old"], { sample });
      const { missing } = assertThrows(() => users.stage("live", { percent: 50 }), StageError);
      assertEquals(missing, [UNKNOWN]);
      assertThrows(() => users.stage("shadow"), StageError, UNKNOWN);
      assertEquals(await clock.until(users.sweep()), false);
      assertThrows(() => users.stage("live", { percent: 50 }), StageError, UNKNOWN);
      users.set("a", 3);
      assertEquals(await clock.until(users.sweep()), true);
      users.stage("live", { percent: 0 });
      assertEquals(users.get("a"), 3);
    });
  }

  it("may answer by force, which is recorded", async () => {
    const { users } = await liveRig(["old"]);
    users.stage("live", { percent: 0, force: "the new map is down" });
    const [{ kind, missing } = {}] = users.report().decisions;
    assertEquals([users.get("a"), kind, missing], [1, "force", [UNKNOWN]]);
  });

  it("holds it before the way back ends", async () => {
    const { clock, users } = await liveRig(["old"]);
    await clock.until(users.back("the new map is slow"));
    assertEquals([users.report().percent, users.get("a")], [0, 2]);
  });

  it("is not made equal to a new map that missed one too: both stay as they are", async () => {
    const { clock, users, oldMap, newMap } = await liveRig(["old", "new"]);
    await assertRejects(() => clock.until(users.back("both are slow")), StageError, UNKNOWN);
    assertEquals([users.report().percent, oldMap.get("a"), newMap.get("a")], [100, 2, 2]);
    await clock.until(users.backfill({ from: "new" }));
    await clock.until(users.back("both are slow"));
    assertEquals([users.report().percent, users.get("a")], [0, 2]);
  });
});

describe("a map that missed a write", () => {
  for (const [stage, percent] of [["dualwrite"], ["shadow"], ["live", 0], ["live", 100], ["rampdown"]] as const) {
    for (const sample of [1, 0]) {
      it(`voids a clean sweep at ${stage} ${percent ?? ""} (sample ${sample})`, async () => {
        const clock = new ManualClock();
        const [oldMap, newMap] = [new FaultyMap(new NativeMap([["a", 1]])), new FaultyMap(new NativeMap([["a", 1]]))];
        const users = twin<string, number>(oldMap, newMap, { clock, sample });
        await moveTo(users, clock, stage satisfies Stage, percent);
        assertEquals(await clock.until(users.sweep()), true);
        const isClean = () => users.report().gate.conditions.find(({ name }) => name === "sweep")?.verdict;
        assertEquals(isClean(), "pass");
        (percent === 100 || stage === "rampdown" ? oldMap : newMap).fault = "throws";
        users.set("a", 2);
        assertEquals(isClean(), "hold");
      });
    }
  }
});

/** A twin at `shadow` of which the new map holds 1 for `a`, since it refused a write, and the old one 2. */
async function newMissedWrite(): Promise<{ users: TwinMap<string, number>; clock: ManualClock }> {
  const clock = new ManualClock();
  const newMap = new FaultyMap<string, number>(new NativeMap());
  const users = twin(new NativeMap([["a", 1]]), newMap, { clock });
  await moveTo(users, clock, "shadow");
  newMap.fault = "throws";
  users.set("a", 2);
  newMap.fault = undefined;
  return { users, clock };
}

describe("a new map that missed a write", () => {
  it("is not copied over the old one, which answers", async () => {
    const { users, clock } = await newMissedWrite();
    await assertRejects(() => clock.until(users.backfill({ from: "new" })), StageError, "the new map lacks entries");
    await clock.until(users.backfill());
    await clock.until(users.backfill({ from: "new" }));
    assertEquals(users.get("a"), 2);
  });

  it("is not copied over the old one on the way back", async () => {
    const { users, clock } = await newMissedWrite();
    await clock.until(users.settle());
    users.stage("live", { percent: 100, force: "a test" });
    users.stage("rampdown", { force: "a test" });
    await clock.until(users.back("it is stale"));
    assertEquals([users.report().percent, users.get("a")], [0, 2]);
  });

  it("is not copied over the old one on the way back, though that missed a write too", async () => {
    const clock = new ManualClock();
    const oldMap = new FaultyMap<string, number>(new NativeMap([["a", 1], ["b", 1]]));
    const users = twin(oldMap, new NativeMap<string, number>(), { clock });
    users.stage("dualwrite");
    users.stage("shadow");
    users.stage("live", { percent: 100, force: "a test" });
    users.stage("rampdown", { force: "a test" });
    oldMap.fault = "throws";
    users.set("a", 2);
    oldMap.fault = undefined;
    await assertRejects(() => clock.until(users.back("it was never backfilled")), StageError, UNKNOWN);
    assertEquals([users.report().stage, oldMap.get("b")], ["rampdown", 1]);
    users.stage("live", { percent: 0, force: "it was never backfilled" });
    assertEquals([users.get("a"), users.get("b")], [1, 1]);
  });
});
