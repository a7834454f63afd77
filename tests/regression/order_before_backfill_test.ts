/**
 * An iteration at `shadow` made a comparison of the order due. If a backfill began before that was made, the sides were
 * compared while their order was being copied, and a pause of the backfill let the difference be confirmed.
 */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";

describe("TwinMap.backfill()", () => {
  it("claims nothing about the order of the keys while it changes it", async () => {
    const clock = new ManualClock(0.01);
    const oldMap = new NativeMap([["a", 1], ["b", 1], ["c", 1], ["d", 1]]);
    const users = twin(oldMap, new NativeMap(), { clock, slice: 0.01 });
    await moveTo(users, clock, "shadow");
    users.get("a");
    assertEquals([...users.keys()].length, 4);
    users.stage("dualwrite");
    const filled = users.backfill();
    await clock.advance(0.1);
    users.pause();
    await clock.advance(500);
    assertEquals([users.report().diffs, users.report().pending], [0, 0]);
    users.resume();
    await clock.until(filled);
    const { state, done, total, deleted, left } = users.report().backfill;
    assertEquals({ state, done, total, deleted, left }, { state: "done", done: 4, total: 4, deleted: 0, left: 0 });
  });
});
