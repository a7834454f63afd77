/** A sweep ended in an error if the old map refused a key that only the new map had: that key is a diff like others. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, IntMap, NativeMap, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";

describe("TwinMap.sweep()", () => {
  it("reports a key that the old map refuses", async () => {
    const clock = new ManualClock();
    const oldMap = new IntMap<number>() as ConcurrentMap<unknown, number>;
    const newMap = new NativeMap<unknown, number>();
    const users = twin(oldMap, newMap, { clock });
    users.stage("dualwrite");
    users.set(1, 1);
    newMap.set("1", 1);
    assertEquals(await clock.until(users.sweep()), false);
    const { diffs, byKind, sweep } = users.report();
    assertEquals([diffs, byKind.error, sweep.state], [1, 1, "done"]);
  });
});
