/** The twin of a map and a store: to synchronous callers it is the map up to `shadow`; to promised ones, the side that answers. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type AsyncTwinOptions, NativeMap, type Stage, type StoreTwinMap, type Traits, twin } from "@twinmap/twinmap";
import { asyncConformance, conformance } from "@twinmap/twinmap/testing";
import { asAsyncStore, DelayedStore } from "../testing/conformance/delayed_store.ts";
import { STORE_TRAITS, StoreMap } from "../testing/conformance/store_map.ts";
import { forced } from "../move_to.ts";

const STAGES: readonly Stage[] = ["dualwrite", "shadow", "live", "rampdown", "complete"];
const NATIVE: Partial<Traits> = { order: "insertion", iteration: "live" };

/** A call that is aborted leaves a key whose outcome is unknown, and a difference to be looked at again. */
const TIMES = { unknownMs: 20, settleMs: [10] };

/** The map is not private: at `complete`, the store can be cleared. */
const OPTIONS: AsyncTwinOptions<unknown, unknown> = { ...TIMES, scope: { old: "store" } };

function twinOf(options: AsyncTwinOptions<unknown, unknown>): StoreTwinMap<unknown, unknown> {
  return twin(new NativeMap<unknown, unknown>(), new StoreMap(asAsyncStore(new DelayedStore(), true)), options);
}

/** At `live`, the keys that the store answers for come to the map later. */
function traitsAt(stage: Stage): Partial<Traits> {
  if (stage === "live") return { ...NATIVE, order: "none" };
  return stage === "rampdown" || stage === "complete" ? STORE_TRAITS : NATIVE;
}

for (const stage of ["off", "dualwrite", "shadow"] as const) {
  describe(`a twin of a map and a store at ${stage}, as a ConcurrentMap,`, () => {
    conformance(it, { make: () => twinOf({ ...TIMES, at: { stage } }), traits: NATIVE });
  });
}

for (const stage of ["off", ...STAGES] as const) {
  describe(`a twin of a map and a store at ${stage}, as an AsyncConcurrentMap,`, () => {
    asyncConformance(it, {
      make: async () => {
        const { promised } = twinOf(OPTIONS);
        for (const next of STAGES.slice(0, STAGES.indexOf(stage as Stage) + 1)) {
          await promised.stage(next, forced(next, 50));
        }
        return promised;
      },
      traits: traitsAt(stage),
      runs: 5,
    });
  });
}

describe("StoreTwinMap", () => {
  it("is named after its class", () => {
    assertEquals(`${twinOf({})}`, "[object StoreTwinMap]");
  });
});
