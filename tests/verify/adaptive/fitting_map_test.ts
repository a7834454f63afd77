import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import type { AdaptiveState, Workload } from "@twinmap/twinmap";
import { fittingMap } from "../../../verify/adaptive/fitting_map.ts";

const STATES: readonly AdaptiveState[] = ["NativeMap", "ReadDirtyMap", "IntMap", "ShardedMap"];
const SIZES = { readDirtyUpTo: 100, intFrom: 1_000, shardedFrom: 8_000 };

const share = fc.oneof(
  fc.constantFrom(0, 1 / 16, 1 / 8, 1 / 6, 3 / 8, 1 / 2, 15 / 16, 1),
  fc.double({ min: 0, max: 1 }),
);
const loads: fc.Arbitrary<Workload> = fc.record({
  writes: fc.constant(0),
  entries: fc.oneof(fc.nat(10_000), fc.constantFrom(100, 101, 250, 400, 401, 1_000, 2_000, 8_000)),
  reads: share,
  deletes: share,
  returned: share,
  integers: share,
});
const sizes = fc.record({
  readDirtyUpTo: fc.nat(10_000),
  intFrom: fc.integer({ min: 1, max: 10_000 }),
  shardedFrom: fc.integer({ min: 1, max: 10_000 }),
});

const QUIET: Workload = { writes: 0, entries: 50, reads: 1, deletes: 0, returned: 0, integers: 0 };

/** The state that is chosen from each state, in the order of `STATES`. */
const from = (load: Partial<Workload>) => STATES.map((state) => fittingMap(state, { ...QUIET, ...load }, SIZES).state);

describe("fittingMap()", () => {
  it("chooses the same map again for the same load, whatever the load", () => {
    fc.assert(
      fc.property(fc.constantFrom(...STATES), loads, sizes, (state, load, sizes) => {
        const there = fittingMap(state, load, sizes).state;
        assertEquals(fittingMap(there, load, sizes).state, there);
      }),
      { numRuns: 300 },
    );
  });

  it("leaves a map only if another one fits by more than the gap, and moves to none within the gap", () => {
    const [native, readDirty, int, sharded] = STATES;
    assertEquals(from({}), [native, native, native, native]);
    assertEquals(from({ deletes: 0.2, returned: 0.4 }), [readDirty, readDirty, readDirty, readDirty]);
    assertEquals(from({ deletes: 0.1, returned: 0.4 }), [native, readDirty, native, native]);
    assertEquals(from({ deletes: 0.2, returned: 0.2 }), [native, readDirty, native, native]);
    assertEquals(from({ deletes: 0.05, returned: 1 }), [native, native, native, native]);
    assertEquals(from({ deletes: 0.5, returned: 0.1 }), [native, native, native, native]);
    assertEquals(from({ deletes: 0.2, returned: 0.4, entries: 300 }), [native, readDirty, native, native]);
    assertEquals(from({ deletes: 0.2, returned: 0.4, entries: 500 }), [native, native, native, native]);
    assertEquals(from({ entries: 1_000, integers: 1 }), [int, int, int, int]);
    assertEquals(from({ entries: 300, integers: 1 }), [native, native, int, native]);
    assertEquals(from({ entries: 200, integers: 1 }), [native, native, native, native]);
    assertEquals(from({ entries: 1_000, integers: 0.7 }), [native, native, int, native]);
    assertEquals(from({ entries: 1_000, integers: 0.4 }), [native, native, native, native]);
    assertEquals(from({ entries: 9_000 }), [sharded, sharded, sharded, sharded]);
    assertEquals(from({ entries: 9_000, integers: 1 }), [int, int, int, int]);
    assertEquals(from({ entries: 3_000 }), [native, native, native, sharded]);
    assertEquals(from({ entries: 1_900 }), [native, native, native, native]);
  });

  it("says why, with the figures that decided", () => {
    const why = (load: Partial<Workload>) => fittingMap("NativeMap", { ...QUIET, ...load }, SIZES).why;
    assertEquals(why({ entries: 1_000, integers: 0.98 }), "1,000 entries, 98 % of the keys whole numbers of 32 bits");
    assertEquals(why({ entries: 9_000 }), "9,000 entries");
    const deleting = "50 entries, 20 % of the operations deletes, 40 % of them of keys that were set again";
    assertEquals(why({ deletes: 0.2, returned: 0.4 }), deleting);
  });
});
