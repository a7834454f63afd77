/**
 * The callback of a write moved the twin back and wrote to the same key, and that write was queued. It reached the new map
 * after the outer write had: what the new map answered was then a diff.
 */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";

describe("TwinMap.update(), with a callback that moves from live to shadow and writes to the same key, queued", () => {
  it("yields no diff", async () => {
    const clock = new ManualClock();
    const [oldMap, newMap] = [new Map<string, number>(), new Map<string, number>()];
    const users = twin(oldMap, newMap, { clock, mirror: "queued" });
    await moveTo(users, clock, "live", 100);
    users.update("a", () => {
      users.stage("shadow");
      users.getOrInsert("a", 0);
      return 7;
    });
    await clock.until(users.settle());
    assertEquals([users.report().diffs, users.report().inconclusive], [0, 0]);
    assertEquals([oldMap.get("a"), newMap.get("a")], [7, 7]);
  });
});
