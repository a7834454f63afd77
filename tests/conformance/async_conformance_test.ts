/** Runs the asynchronous conformance suite over lifted maps, and over maps on a store with random delays. */
import { describe, it } from "@std/testing/bdd";
import { AbstractAsyncMap, HashTrieMap, lift, NativeMap, type Traits } from "@twinmap/twinmap";
import { asyncConformance, ManualClock } from "@twinmap/twinmap/testing";
import { asAsyncStore, DelayedStore } from "../testing/conformance/delayed_store.ts";

/** A map over a store that can compare and set, or cannot. */
class StoreMap extends AbstractAsyncMap<unknown, unknown> {
  readonly #expires: Traits["expires"];

  constructor(store: DelayedStore, isAtomic: boolean, expires: Traits["expires"] = "never") {
    super(asAsyncStore(store, isAtomic));
    this.#expires = expires;
  }

  override get traits(): Traits {
    return { ...super.traits, expires: this.#expires };
  }
}

const STORE: Partial<Traits> = { scope: "store", snapshot: "none", maxEntries: Infinity };

describe("a lifted NativeMap, as an AsyncConcurrentMap,", () => {
  asyncConformance(it, { make: () => lift(new NativeMap()), traits: { order: "insertion", iteration: "live" } });
});

describe("a lifted HashTrieMap, as an AsyncConcurrentMap,", () => {
  asyncConformance(it, {
    make: () => lift(new HashTrieMap()),
    traits: { iteration: "snapshot", snapshot: "constant", maxEntries: 2 ** 32 },
  });
});

describe("a map over a store that can compare and set, as an AsyncConcurrentMap,", () => {
  let store = new DelayedStore();
  const clock = new ManualClock();
  asyncConformance(it, {
    make: () => {
      store = new DelayedStore();
      store.now = () => clock.now();
      return new StoreMap(store, true, "entry");
    },
    open: () => new StoreMap(store, true, "entry"),
    stop: () => Promise.resolve(void (store.isDown = true)),
    start: () => Promise.resolve(void (store.isDown = false)),
    pass: (ms) => clock.advance(ms),
    traits: { ...STORE, expires: "entry" },
    runs: 20,
  });
});

describe("a map over a store that cannot compare and set, as an AsyncConcurrentMap,", () => {
  let store = new DelayedStore();
  asyncConformance(it, {
    make: () => {
      store = new DelayedStore();
      return new StoreMap(store, false);
    },
    stop: () => Promise.resolve(void (store.isDown = true)),
    start: () => Promise.resolve(void (store.isDown = false)),
    traits: { ...STORE, atomic: "process" },
    runs: 20,
  });
});
