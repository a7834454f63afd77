/**
 * A new map that was emptied at `complete` was taken for a sign that the old one lacked nothing. But the old one still held
 * what had been removed, and the way back led to it: its callers got deleted entries.
 */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { StageError, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";

describe("the way back from a new map that was emptied at complete", () => {
  it("needs a backfill, as the old map still holds what it held", async () => {
    const clock = new ManualClock();
    const oldMap = new Map([["a", 1]]);
    const users = twin(oldMap, new Map<string, number>(), { clock });
    await moveTo(users, clock, "complete");
    users.clear();
    users.stage("rampdown");
    assertThrows(
      () => users.stage("live", { percent: 0 }),
      StageError,
      "a backfill from the new map to the old one must finish",
    );
    await clock.until(users.backfill());
    users.stage("live", { percent: 0 });
    assertEquals([users.get("a"), oldMap.size], [undefined, 0]);
  });

  it("needs none where the old map is empty too", async () => {
    const clock = new ManualClock();
    const users = twin(new Map<string, number>(), new Map<string, number>(), { clock });
    await moveTo(users, clock, "complete");
    users.stage("rampdown");
    users.stage("live", { percent: 0 });
  });
});
