/** A new map that applied each write late had a clean sweep and an open gate, and then gave stale reads. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, StageError, twin } from "@twinmap/twinmap";
import { FaultyMap } from "../../testing/faulty_map.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";

describe("a new map that is late", () => {
  it("fails the gate, and has no clean sweep", async () => {
    const clock = new ManualClock();
    const newMap = new FaultyMap<string, number>(new NativeMap(), () => clock.now() * 25);
    const users = twin(new NativeMap<string, number>(), newMap, { clock, gate: { threshold: 0.1, holdMs: 0 } });
    await moveTo(users, clock, "shadow");
    newMap.fault = "delays";
    const swept: boolean[] = [];
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 50; i++) users.set(`k${i}`, round);
      swept.push(await clock.until(users.sweep()));
      await clock.until(users.settle());
    }
    const { diffs, late, sweep, gate } = users.report();
    assertEquals([diffs, swept.includes(true), sweep.clean], [0, false, false]);
    assert(late > 500 && sweep.late > 0, `${late}, ${sweep.late}`);
    assertEquals([gate.verdict, gate.conditions[0]?.name], ["fail", "late"]);
    // Late keys say nothing about the diff rate.
    assertEquals(gate.certification.visitsNeeded, 41);
    assertThrows(
      () => users.stage("live", { percent: 1 }),
      StageError,
      "of key visits find the key late: above the threshold",
    );
  });
});
