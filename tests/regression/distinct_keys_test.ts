import { assert } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";

describe("the distinct keys of a twin that samples few", () => {
  it("are counted by another hash than chose them: those sampled all begin with the same bits", async () => {
    const clock = new ManualClock();
    const users = twin(new NativeMap<number, number>(), new NativeMap<number, number>(), { clock, sample: 1 / 64 });
    await moveTo(users, clock, "shadow");
    for (let key = 0; key < 64_000; key++) {
      users.get(key);
      // Of few operations in a window of time, each is looked at.
      if (key % 200 === 0) await clock.advance(10);
    }
    await clock.until(users.settle());
    const { compared, comparedKeys } = users.report();
    assert(compared > 500, `${compared} comparisons, each of a key of its own`);
    assert(Math.abs(comparedKeys / compared - 1) < 0.1, `${comparedKeys} of ${compared} keys`);
  });
});
