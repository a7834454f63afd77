/** After complete, one deletion shut the way back: a backfill deleted nothing, so no sweep was clean again. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, type Stage, StageError, twin } from "@twinmap/twinmap";
import { FaultyMap } from "../../testing/faulty_map.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";

describe("the way back", () => {
  it("stays open after a deletion at complete", async () => {
    const clock = new ManualClock();
    const oldMap = new Map([["a", 1], ["b", 1]]);
    const users = twin(oldMap, new Map<string, number>(), { clock });
    await moveTo(users, clock, "complete");
    users.delete("a");
    users.stage("rampdown");
    await clock.until(users.backfill());
    assertEquals(oldMap, new Map([["b", 1]]));
    assertEquals(await clock.until(users.sweep()), true);
  });

  for (const stage of ["live", "rampdown", "complete"] satisfies Stage[]) {
    it(`leads in one call from ${stage} to where the old map answers, under writes`, async () => {
      const clock = new ManualClock();
      const oldMap = new Map([["a", 1], ["b", 1]]);
      const users = twin(oldMap, new Map<string, number>(), { clock });
      await moveTo(users, clock, stage, 50);
      users.set("c", 1);
      users.delete("a");
      const gone = users.back("the new map is slow");
      users.set("d", 1);
      users.delete("b");
      await clock.until(gone);
      users.set("e", 1);
      assertEquals(oldMap, new Map([["c", 1], ["d", 1], ["e", 1]]));
      assertEquals([...users], [...oldMap]);
      const { stage: at, percent, decisions } = users.report();
      assertEquals([at, percent], ["live", 0]);
      const [{ kind, why, stage: from } = {}] = decisions;
      assertEquals([kind, why, from], ["back", "the new map is slow", stage]);
    });
  }

  it("does nothing where the old map answers already", async () => {
    const clock = new ManualClock();
    const users = twin(new Map<string, number>(), new Map<string, number>(), { clock });
    for (const stage of ["off", "dualwrite", "shadow"] as const) {
      users.stage(stage);
      await users.back("to be sure");
      assertEquals([users.report().stage, users.report().decisions], [stage, []]);
    }
  });

  for (const stage of ["rampdown", "complete"] satisfies Stage[]) {
    it(`is one way, though two ask for it at once at ${stage}`, async () => {
      const clock = new ManualClock();
      const users = twin(new Map([["a", 1], ["b", 1]]), new Map<string, number>(), { clock });
      await moveTo(users, clock, "complete");
      users.set("c", 1);
      if (stage === "rampdown") users.stage("rampdown");
      const both = [users.back("it is slow"), users.back("it is wrong")];
      assertEquals((await clock.until(Promise.allSettled(both))).map(({ status }) => status), [
        "fulfilled",
        "fulfilled",
      ]);
      const { stage: at, percent, decisions } = users.report();
      assertEquals([at, percent, decisions.slice(0, 2).map(({ why }) => why)], ["live", 0, [
        "it is wrong",
        "it is slow",
      ]]);
      assertEquals([...users.keys()], ["a", "b", "c"]);
    });
  }

  it("ends a sweep that is running", async () => {
    const clock = new ManualClock();
    const users = twin(new Map([["a", 1]]), new Map<string, number>(), { clock });
    await moveTo(users, clock, "complete");
    users.stage("rampdown");
    const swept = users.sweep();
    await clock.until(users.back("no time"));
    assertEquals([await swept, users.report().percent], [false, 0]);
  });

  it("leads out of live while a backfill of the old map runs, which it completes", async () => {
    const clock = new ManualClock();
    const oldMap = new Map([["a", 1], ["b", 1]]);
    const users = twin(oldMap, new Map<string, number>(), { clock });
    await moveTo(users, clock, "live", 50);
    oldMap.delete("a");
    const copied = users.backfill({ from: "new" });
    assertThrows(
      () => users.stage("live", { percent: 0 }),
      StageError,
      "a backfill from the new map to the old one must finish",
    );
    await clock.until(users.back("the new map is slow"));
    await copied;
    assertEquals([users.report().percent, [...oldMap]], [0, [["a", 1], ["b", 1]]]);
  });

  it("stops where the new map cannot be copied, and does not lose a thing", async () => {
    const clock = new ManualClock();
    const newMap = new FaultyMap<string, number>(new NativeMap());
    const users = twin(new Map([["a", 1]]), newMap, { clock });
    await moveTo(users, clock, "complete");
    users.set("b", 1);
    newMap.fault = "throws";
    await assertRejects(() => clock.until(users.back("it throws")), Error);
    newMap.fault = undefined;
    assertEquals([users.report().stage, users.get("b")], ["rampdown", 1]);
    await clock.until(users.back("again"));
    assertEquals([users.report().stage, users.get("b")], ["live", 1]);
  });

  it("needs a reason, and an open twin", async () => {
    const clock = new ManualClock();
    const users = twin(new Map<string, number>(), new Map<string, number>(), { clock });
    await moveTo(users, clock, "live", 5);
    await assertRejects(() => users.back(""), RangeError, "why must be a string of 1 to 500 characters");
    users.close();
    await assertRejects(() => users.back("too late"), StageError, "the twin is closed");
  });
});
