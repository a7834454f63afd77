/** The twin of two stores: to its callers it is one of them, whatever the other one does. */
import { describe, it } from "@std/testing/bdd";
import { type AsyncTwinMap, type Stage, twin } from "@twinmap/twinmap";
import { asyncConformance } from "@twinmap/twinmap/testing";
import { asAsyncStore, DelayedStore } from "../testing/conformance/delayed_store.ts";
import { STORE_TRAITS, StoreMap } from "../testing/conformance/store_map.ts";
import { forced } from "../move_to.ts";

const STAGES: readonly Stage[] = ["dualwrite", "shadow", "live", "rampdown", "complete"];

/** A call that is aborted leaves a key whose outcome is unknown, and a difference to be looked at again. */
const TIMES = { unknownMs: 20, settleMs: [10] };

function storeMap(store = new DelayedStore()): StoreMap {
  return new StoreMap(asAsyncStore(store, true));
}

async function moveTo<K, V>(users: AsyncTwinMap<K, V>, stage: Stage, percent = 50): Promise<void> {
  for (const next of STAGES.slice(0, STAGES.indexOf(stage) + 1)) await users.stage(next, forced(next, percent));
}

for (const stage of ["off", ...STAGES] as const) {
  describe(`a twin of two stores at ${stage}, as an AsyncConcurrentMap,`, () => {
    asyncConformance(it, {
      make: async () => {
        const users = twin(storeMap(), storeMap(), TIMES);
        await moveTo(users, stage);
        return users;
      },
      traits: STORE_TRAITS,
      runs: 5,
    });
  });
}
