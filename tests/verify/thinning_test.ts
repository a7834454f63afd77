import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, twin } from "@twinmap/twinmap";
import { Thinning } from "../../verify/thinning.ts";
import { ManualClock } from "./manual_clock.ts";

/** A twin at `shadow` of which the share `sample` is compared, and how many comparisons `reads` reads of each key make due. */
async function dueBy(sample: number, reads: number, keys: number): Promise<number> {
  const clock = new ManualClock();
  const users = twin<number, number>(new NativeMap(), new NativeMap(), { clock, sample, maxPending: 2 ** 20 });
  users.stage("dualwrite");
  users.stage("shadow");
  for (let read = 0; read < reads; read++) {
    for (let key = 0; key < keys; key++) users.get(key);
  }
  await clock.until(users.settle());
  return users.report().compared;
}

describe("Thinning", () => {
  it("looks at all reads from a share of 1/4 up, and at the fewer the smaller it is", () => {
    const strides = [1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 64, 1e-6, 0].map((share) => new Thinning(share).stride);
    assertEquals(strides, [1, 1, 1, 2, 4, 16, 16, 16]);
  });

  it("looks at one read in so many on average, at gaps that vary", () => {
    const thinning = new Thinning(1 / 64);
    const looks = Array.from({ length: 160_000 }, () => thinning.looks());
    const seen = looks.filter(Boolean).length;
    assert(Math.abs(seen - 10_000) < 500, `${seen} looks`);
    for (const period of [2, 16, 31, 64, 100]) {
      const phases = new Set(looks.flatMap((looked, at) => looked ? [at % period] : []));
      assertEquals(phases.size, period, `a rhythm of ${period}`);
    }
  });
});

describe("TwinMap", () => {
  it("compares every read of the share of keys that is half of them, and always the same keys", async () => {
    const once = await dueBy(0.5, 1, 4_000);
    assert(Math.abs(once - 2_000) < 200, `${once} keys`);
    assertEquals(await dueBy(0.5, 5, 4_000), 5 * once);
  });

  it("compares one read in 16 of the 64th part of the keys", async () => {
    const due = await dueBy(1 / 64, 100, 6_400);
    assert(Math.abs(due - 625) < 200, `${due} comparisons`);
  });
});
