/** A process that restarted began at off, whatever the service had reached, and its backfill overwrote newer values. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Stage, StageError, type StartOptions, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";

function restarted(at: StartOptions) {
  const clock = new ManualClock();
  const [oldMap, newMap] = [new Map([["a", "old"]]), new Map([["a", "new"], ["b", "new"]])];
  return { clock, oldMap, newMap, users: twin(oldMap, newMap, { clock, at }) };
}

describe("twin(), the option at", () => {
  it("begins there", () => {
    const answered: [StartOptions, string][] = [
      [{ stage: "shadow" }, "old"],
      [{ stage: "live", percent: 0 }, "old"],
      [{ stage: "live", percent: 100 }, "new"],
      [{ stage: "rampdown" }, "new"],
      [{ stage: "complete" }, "new"],
    ];
    for (const [at, answer] of answered) {
      const { users } = restarted(at);
      const { stage, percent } = users.report();
      assertEquals([users.get("a"), stage, percent], [answer, at.stage, at.percent ?? (answer === "new" ? 100 : 0)]);
    }
  });

  it("has no evidence: that is to be earned again", async () => {
    for (const at of [{ stage: "live", percent: 5 }, { stage: "rampdown" }] as const) {
      const { users, clock, oldMap, newMap } = restarted(at);
      const unmet = () => users.report().gate.conditions.filter(({ verdict }) => verdict !== "pass");
      assertEquals(unmet().map(({ name }) => name), ["backfill", "sweep", "diffs", "late", "hold", "recent"]);
      oldMap.set("a", "new").set("b", "new");
      assertEquals([await clock.until(users.sweep()), newMap.size], [true, 2]);
      assertEquals(unmet().map(({ name }) => name), ["diffs", "late", "hold"]);
    }
  });

  it("is checked", () => {
    const create = (at: object) => () => twin(new Map(), new Map(), { at: at as StartOptions });
    assertThrows(create({ stage: "on" }), RangeError, 'at.stage must be "off" or "dualwrite"');
    assertThrows(create({ stage: "live" }), TypeError, "at.percent must be a number from 0 to 100: received undefined");
    assertThrows(create({ stage: "live", percent: 101 }), RangeError, "at.percent must be a number from 0 to 100");
    assertThrows(create({ stage: "shadow", percent: 1 }), RangeError, "at.percent goes with live only: received 1");
    assertThrows(create({ percent: 1 }), RangeError, "at.percent goes with live only: received 1");
  });
});

describe("TwinMap.back(), after a restart", () => {
  const unknown = "a clean sweep, or backfill({ from }), must show that the old map holds everything";
  const positions = [{ stage: "live", percent: 5 }, { stage: "live", percent: 100 }, { stage: "rampdown" }] as const;

  /** A twin that begins where the new map answers, with an old map that may have lost all. */
  function restartedEmpty(at: StartOptions) {
    const clock = new ManualClock();
    const [oldMap, newMap] = [new Map<string, string>(), new Map([["a", "new"]])];
    return { clock, oldMap, newMap, users: twin(oldMap, newMap, { clock, at }) };
  }

  for (const at of positions) {
    const where = Object.values(at).join(" ");
    const back: [Stage, { percent: number }] = ["live", { percent: at.stage === "live" ? at.percent - 1 : 100 }];

    it(`leads to no old map that may lack anything, from ${where}`, async () => {
      const { users, oldMap, newMap } = restartedEmpty(at);
      const { message, missing } = await assertRejects(() => users.back("it is slow"), StageError);
      assertEquals([message, missing], [`Cannot move from ${at.stage} to live: ${unknown}`, [unknown]]);
      assertThrows(() => users.stage(...back), StageError, unknown);
      if (at.stage === "live") assertThrows(() => users.stage("shadow"), StageError, unknown);
      assertEquals([oldMap.size, newMap.size, users.report().stage], [0, 1, at.stage]);
    });

    it(`leads there by force, which is recorded, from ${where}`, () => {
      const { users } = restartedEmpty(at);
      const [stage, { percent }] = back;
      users.stage(stage, { percent, force: "the new map is down" });
      assertEquals(users.report().decisions[0]?.missing, [unknown]);
    });

    it(`leads there once the old map was made equal, or found equal, from ${where}`, async () => {
      const { users, clock } = restartedEmpty(at);
      await clock.until(users.backfill({ from: "new" }));
      await clock.until(users.back("it is slow"));
      assertEquals([users.report().percent, users.get("a")], [0, "new"]);

      const { users: swept, clock: later, oldMap } = restartedEmpty(at);
      oldMap.set("a", "new");
      const sweep = later.until(swept.sweep());
      await assertRejects(() => swept.back("it is slow"), StageError, unknown);
      assertEquals(await sweep, true);
      await later.until(swept.back("it is slow"));
      assertEquals([swept.report().percent, swept.get("a")], [0, "new"]);
    });
  }

  it("leads from complete by a backfill, as only the new map was written there", async () => {
    const { users, clock } = restartedEmpty({ stage: "complete" });
    await clock.until(users.back("it is slow"));
    assertEquals([users.report().percent, users.get("a")], [0, "new"]);
  });

  it("asks for nothing where the old map answers every key", async () => {
    for (const at of [{ stage: "dualwrite" }, { stage: "shadow" }, { stage: "live", percent: 0 }] as const) {
      const { users } = restartedEmpty(at);
      await users.back("to be sure");
      users.stage(at.stage === "live" ? "shadow" : at.stage === "shadow" ? "dualwrite" : "off");
    }
  });
});

describe("TwinMap.backfill()", () => {
  it("copies from the side that answers, or from the one that is named", async () => {
    const copied = async (at: StartOptions, from?: "old" | "new") => {
      const { users, clock, oldMap, newMap } = restarted(at);
      await clock.until(users.backfill(from === undefined ? {} : { from }));
      assertEquals(new Map(oldMap), new Map(newMap));
      return oldMap.get("a");
    };
    assertEquals(await copied({ stage: "dualwrite" }), "old");
    assertEquals(await copied({ stage: "shadow" }), "old");
    assertEquals(await copied({ stage: "rampdown" }), "new");
    assertEquals(await copied({ stage: "dualwrite" }, "new"), "new");
    assertEquals(await copied({ stage: "live", percent: 5 }, "new"), "new");
  });

  it("is refused at live, where both answer, unless the side is named", async () => {
    const { users, newMap } = restarted({ stage: "live", percent: 5 });
    await assertRejects(
      () => users.backfill(),
      StageError,
      "say which map to copy from",
    );
    assertEquals(newMap.get("a"), "new");
    await assertRejects(() => users.backfill({ from: "both" as "old" }), RangeError, 'from must be "old" or "new"');
  });

  it("is refused where only one side is written, whichever is named", async () => {
    for (const stage of ["off", "complete"] satisfies Stage[]) {
      const { users } = restarted({ stage });
      await assertRejects(() => users.backfill({ from: "old" }), StageError, "only one side is written");
    }
  });
});
