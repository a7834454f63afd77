/**
 * The callback of `update` wrote to the same key. The value that `update` had read before was then compared with the
 * other side's value after that write, if the two writes were applied far enough apart.
 */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";

/** A clock that runs tasks late, so that a key has time to settle between two slices. */
class SlowClock extends ManualClock {
  override schedule(task: () => void, delayMs: number): void {
    super.schedule(task, delayMs === 0 ? 200 : delayMs);
  }
}

describe("TwinMap.update(), with a callback that writes to the same key, queued", () => {
  it("yields no diff, however late its writes are applied", async () => {
    const clock = new SlowClock(0.01);
    const [oldMap, newMap] = [new Map<string, number>(), new Map<string, number>()];
    const users = twin(oldMap, newMap, { clock, mirror: "queued", slice: 0.001 });
    users.stage("dualwrite");
    users.update("a", () => {
      users.getAndSet("a", 1);
      return 2;
    });
    await clock.advance(2_000);
    await clock.until(users.settle());
    assertEquals([newMap.get("a"), users.report().mirror.pending, users.report().diffs], [2, 0, 0]);
  });
});
