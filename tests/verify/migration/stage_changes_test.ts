import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import { ManualClock } from "../../../testing/manual_clock.ts";

describe("the stage changes of a report", () => {
  it("say when the twin came where, the newest first", async () => {
    const clock = new ManualClock();
    const users = twin(new Map(), new Map(), { clock });
    assertEquals(users.report().stageChanges, []);
    users.stage("dualwrite");
    await clock.advance(1_000);
    users.stage("shadow");
    users.stage("live", { percent: 0 });
    assertEquals(users.report().stageChanges, [
      { at: "2026-01-01T00:00:01.000Z", stage: "live", percent: 0 },
      { at: "2026-01-01T00:00:01.000Z", stage: "shadow", percent: 0 },
      { at: "2026-01-01T00:00:00.000Z", stage: "dualwrite", percent: 0 },
    ]);
  });

  it("are the last 50", () => {
    const users = twin(new Map(), new Map());
    for (let i = 0; i < 40; i++) users.stage("dualwrite"), users.stage("off");
    assertEquals(users.report().stageChanges.length, 50);
    assertEquals(users.report().stageChanges[0]?.stage, "off");
  });
});
