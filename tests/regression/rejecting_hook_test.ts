/** An `onDiff` that returned a rejected promise ended the process. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runInNewContext } from "node:vm";
import { twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";

describe("TwinMap, with an asynchronous onDiff", () => {
  const rejected = () => Promise.reject(new Error("mine"));
  const ofAnotherRealm = runInNewContext("async () => { throw new Error('mine'); }") as () => Promise<never>;
  for (const [whose, onDiff] of [["its", rejected], ["another realm's", ofAnotherRealm]] as const) {
    it(`counts a rejection of ${whose} promise as a hook error, and goes on`, async () => {
      const clock = new ManualClock();
      const users = twin(new Map([["a", 1]]), new Map([["a", 2]]), { clock, onDiff });
      users.stage("dualwrite");
      users.stage("shadow");
      users.get("a");
      await clock.until(users.settle());
      await clock.advance(0);
      assertEquals([users.report().diffs, users.report().hookErrors], [1, 1]);
    });
  }
});
