/** An `equals` that returned a promise found every two values equal, and its rejection, or that of an `ignore`, ended the process. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";

describe("TwinMap, with an asynchronous equals", () => {
  const kept = () => Promise.resolve(false);
  const broken = () => Promise.reject(new Error("mine"));
  for (const [how, promise] of [["kept", kept], ["broken", broken]] as const) {
    it(`does not take a promise for equal that is ${how}`, async () => {
      const clock = new ManualClock();
      const equals = promise as unknown as () => boolean;
      const newMap = new Map([["a", 1], ["b", 1]]);
      const users = twin(new Map([["a", 1], ["b", 1]]), newMap, { clock, equals });
      users.stage("dualwrite");
      await clock.until(users.backfill());
      users.stage("shadow");
      newMap.set("a", 2).set("b", 2);
      users.get("a");
      users.getAndSet("b", 3);
      await clock.until(users.settle());
      const { compared, inconclusive, hookErrors } = users.report();
      assertEquals([compared, inconclusive, hookErrors], [0, 2, 2]);
    });
  }
});

describe("TwinMap, with an asynchronous ignore", () => {
  it("compares the key, and hears the rejection", async () => {
    const clock = new ManualClock();
    const ignore = (() => Promise.reject(new Error("mine"))) as unknown as () => boolean;
    const users = twin(new Map([["a", 1]]), new Map([["a", 1]]), { clock, ignore });
    users.stage("dualwrite");
    await clock.until(users.backfill());
    users.stage("shadow");
    users.get("a");
    await clock.until(users.settle());
    const { matched, ignored, hookErrors } = users.report();
    assertEquals([matched, ignored, hookErrors], [1, 0, 1]);
  });
});
