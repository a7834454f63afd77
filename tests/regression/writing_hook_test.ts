/**
 * With a queued mirror, a key that `onDiff` wrote was compared before the write was mirrored, as if it had not been
 * written. If the write filled the queue, it overtook the write that had to wait.
 */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ReportedDiff, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";

describe("TwinMap, with an onDiff that writes to it, queued", () => {
  it("yields no diff of a key that was just written", async () => {
    const clock = new ManualClock();
    const [oldMap, newMap] = [new Map([["a", 1], ["b", 1]]), new Map([["a", 1], ["b", 1]])];
    const seen: string[] = [];
    const users = twin(oldMap, newMap, {
      clock,
      mirror: "queued",
      reveal: true,
      onDiff: ({ key }) => {
        seen.push(key);
        users.set("b", 2);
      },
    });
    users.stage("dualwrite");
    users.stage("shadow");
    newMap.set("a", 2).set("b", 2);
    users.get("a");
    users.get("b");
    await clock.advance(10);
    // The difference at b is gone, but then comes the write.
    newMap.set("b", 1);
    await clock.until(users.settle());
    assertEquals([oldMap.get("b"), newMap.get("b")], [2, 2]);
    assertEquals(seen, ['"a"']);
  });

  it("applies writes in their order, even if the queue is full", async () => {
    const clock = new ManualClock();
    const [oldMap, newMap] = [new Map([["a", 1]]), new Map<string, number>()];
    const found: ReportedDiff[] = [];
    const users = twin(oldMap, newMap, {
      clock,
      mirror: "queued",
      maxPending: 1,
      onDiff: (diff) => {
        if (found.push(diff) === 1) users.set("b", 2);
      },
    });
    users.stage("dualwrite");
    await clock.until(users.backfill());
    newMap.delete("a");
    await clock.advance(200);
    assertEquals(users.delete("a"), true);
    users.set("b", 1);
    await clock.until(users.settle());
    assertEquals(found.map(({ kind }) => kind), ["result"]);
    assertEquals([oldMap.get("b"), newMap.get("b")], [2, 2]);
  });
});
