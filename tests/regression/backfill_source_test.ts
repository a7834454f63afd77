/** A backfill from a new map that had got nothing yet emptied the old one, which answered. */
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { StageError, type StartOptions, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";

type Side = "old" | "new";

function rig(at?: StartOptions) {
  const clock = new ManualClock();
  const [oldMap, newMap] = [new Map([["a", 1], ["b", 2]]), new Map<string, number>()];
  return { clock, oldMap, newMap, users: twin(oldMap, newMap, at === undefined ? { clock } : { clock, at }) };
}

async function refused({ clock, users }: ReturnType<typeof rig>, from: Side): Promise<readonly string[]> {
  const error = await assertRejects(
    () => clock.until(users.backfill({ from })),
    StageError,
    `Cannot backfill from ${from}: the ${from} map lacks entries`,
  );
  return error.missing;
}

describe("TwinMap.backfill()", () => {
  it("copies nothing from a new map that never held everything, and says what must come first", async () => {
    const it = rig();
    it.users.stage("dualwrite");
    assertEquals(await refused(it, "new"), ["a backfill from the old map, or a clean sweep"]);
    assertEquals([...it.users], [["a", 1], ["b", 2]]);
    it.users.stage("shadow");
    await refused(it, "new");
    it.users.stage("live", { percent: 50, force: "a test" });
    await refused(it, "new");
    assertEquals(it.oldMap.size, 2);
    assertEquals(it.users.report().backfill.state, "never");
  });

  it("copies nothing from an old map that was given up", async () => {
    const it = rig();
    await moveTo(it.users, it.clock, "complete");
    it.users.set("c", 3);
    it.users.stage("rampdown");
    assertEquals(await refused(it, "old"), ["a backfill from the new map, or a clean sweep"]);
    await it.clock.until(it.users.backfill());
    assertEquals(it.oldMap.get("c"), 3);
    await it.clock.until(it.users.backfill({ from: "old" }));
    assertEquals(it.newMap.size, 3);
  });

  it("copies from either map once both hold everything", async () => {
    for (const prove of ["backfill", "sweep"] as const) {
      const it = rig();
      it.users.stage("dualwrite");
      if (prove === "sweep") it.newMap.set("a", 1).set("b", 2);
      await it.clock.until<unknown>(prove === "sweep" ? it.users.sweep() : it.users.backfill());
      await it.clock.until(it.users.backfill({ from: "new" }));
      assertEquals(it.oldMap.size, 2);
    }
  });

  it("copies nothing from a map that a backfill left half full", async () => {
    const it = rig({ stage: "dualwrite" });
    const backfilled = it.users.backfill();
    it.users.stage("off");
    await it.clock.until(backfilled);
    it.users.stage("dualwrite");
    await refused(it, "new");
    assertEquals(it.oldMap.size, 2);
  });

  it("copies from the map that is named after a restart, until the twin knows more than its owner", async () => {
    const it = rig({ stage: "dualwrite" });
    it.newMap.set("c", 3);
    await it.clock.until(it.users.backfill({ from: "new" }));
    assertEquals([...it.oldMap], [["c", 3]]);
    it.users.stage("off");
    it.users.stage("dualwrite");
    await refused(it, "new");
  });
});
