import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { TimeWindows, type WindowCount } from "../../../verify/stats/time_windows.ts";

const WIDTH_MS = 1_000;
const WINDOWS = 5;
const NOTHING = { reads: 0, writes: 0, compared: 0, diffs: 0 };

describe("TimeWindows", () => {
  it("counts each of the last windows on its own, aligned to the clock", () => {
    const counts = fc.constantFrom<WindowCount>("reads", "writes", "compared", "diffs");
    const added = fc.record({ count: counts, amount: fc.nat(9), afterMs: fc.nat(2_500) });
    fc.assert(fc.property(fc.nat(100_000), fc.array(added), fc.nat(8_000), (startMs, all, waitMs) => {
      const windows = new TimeWindows(WIDTH_MS, WINDOWS);
      const model = new Map<number, typeof NOTHING>();
      let nowMs = startMs;
      for (const { count, amount, afterMs } of all) {
        nowMs += afterMs;
        windows.add(count, amount, nowMs);
        const windowMs = nowMs - nowMs % WIDTH_MS;
        const held = model.get(windowMs) ?? NOTHING;
        model.set(windowMs, { ...held, [count]: held[count] + amount });
      }
      nowMs += waitMs;
      const lastMs = nowMs - nowMs % WIDTH_MS;
      const expected = Array.from({ length: WINDOWS }, (_, at) => lastMs - (WINDOWS - 1 - at) * WIDTH_MS)
        .map((windowMs) => ({ startMs: windowMs, ...(model.get(windowMs) ?? NOTHING) }));
      assertEquals(windows.list(nowMs), expected);
    }));
  });

  it("keeps the last windows if the clock is set back a little", () => {
    const windows = new TimeWindows(WIDTH_MS, WINDOWS);
    windows.add("reads", 1, 10_500);
    windows.add("reads", 2, 9_500);
    windows.add("reads", 4, 10_600);
    assertEquals(windows.list(10_900).map(({ reads }) => reads), [0, 0, 0, 2, 5]);
  });
});
