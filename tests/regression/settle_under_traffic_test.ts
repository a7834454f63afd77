/** `settle()` waited for a moment at which nothing was due, which may never come while the map is in use. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";

describe("TwinMap.settle()", () => {
  it("waits for what is due when it is called, not for what becomes due later", async () => {
    const clock = new ManualClock();
    const users = twin(new Map([["a", 1], ["b", 1]]), new Map([["a", 2], ["b", 2]]), { clock });
    users.stage("dualwrite");
    users.stage("shadow");
    let settled = false;
    users.get("a");
    users.settle().then(() => settled = true);
    await clock.advance(30);
    assertEquals([settled, users.report().diffs], [false, 0]);
    for (let i = 0; i < 30; i++) {
      users.get("b");
      if (i > 0) users.get("a");
      await clock.advance(10);
      assertEquals(users.report().pending > 0, true);
    }
    assertEquals(settled, true);
  });
});
