/** At rampdown the old map missed a write, and the way back stayed open: callers then got the value from before it. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, StageError, twin, type TwinMap, type TwinOptions } from "@twinmap/twinmap";
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

describe("a new map that missed a write", () => {
  it("is not copied over the old one on the way back", async () => {
    const clock = new ManualClock();
    const newMap = new FaultyMap<string, number>(new NativeMap());
    const users = twin(new NativeMap([["a", 1]]), newMap, { clock });
    await moveTo(users, clock, "shadow");
    newMap.fault = "throws";
    users.set("a", 2);
    await clock.until(users.settle());
    newMap.fault = undefined;
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
    await clock.until(users.back("it was never backfilled"));
    assertEquals([users.report().percent, users.get("b")], [0, 1]);
  });
});
