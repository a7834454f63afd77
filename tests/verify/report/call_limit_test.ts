import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { CallLimit } from "../../../verify/report/call_limit.ts";

describe("CallLimit", () => {
  it("lets through at most so many calls in any second, and accounts for every other one", async () => {
    await fc.assert(fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 }),
      async (perSecond, gapsMs) => {
        const clock = new ManualClock();
        const limit = new CallLimit(perSecond, clock);
        const passedMs: number[] = [];
        let [skipped, waiting] = [0, 0];
        for (const gapMs of gapsMs) {
          await clock.advance(gapMs);
          const before = limit.passes();
          if (before === undefined) waiting++;
          else {
            assertEquals(before, waiting);
            [skipped, waiting] = [skipped + before, 0];
            passedMs.push(clock.now());
          }
        }
        assertEquals(passedMs.length + skipped + waiting, gapsMs.length);
        for (const atMs of passedMs) {
          assertEquals(
            passedMs.filter((otherMs) => otherMs >= atMs && otherMs < atMs + 1_000).length <= perSecond,
            true,
          );
        }
        if (gapsMs.length > 0) assertEquals(passedMs.length > 0, true);
      },
    ));
  });
});
