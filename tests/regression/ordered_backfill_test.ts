/** A backfill under live writes left the copy in another order, so that every later iteration was a diff. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";

describe("TwinMap.backfill()", () => {
  it("keeps the order of the map that it copies", async () => {
    const clock = new ManualClock(0.01);
    const oldMap = new Map(Array.from({ length: 20 }, (_, i) => [i, 0]));
    const newMap = new Map<number, number>();
    const users = twin(oldMap, newMap, { clock, slice: 0.01 });
    users.stage("dualwrite");
    const filled = users.backfill();
    for (let i = 0; i < 10; i++) {
      users.set(19 - i, 1);
      users.delete(i * 3);
      users.set(i * 3, 2);
      users.set(100 + i, 3);
      await clock.advance(0.05);
    }
    await clock.until(filled);
    assertEquals([...newMap], [...oldMap]);
    users.stage("shadow");
    assertEquals([...users.keys()], [...oldMap.keys()]);
    await clock.until(users.settle());
    assertEquals([users.report().diffs, users.report().compared > 0], [0, true]);
  });
});
