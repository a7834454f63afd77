/** Plants faults in asynchronous maps: the suite goes red, and each of its tests is needed for one of them. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type AsyncStore, lift, StoreError, type Traits } from "@twinmap/twinmap";
import {
  asyncConformance,
  type AsyncConformanceOptions,
  FAULT_NAMES,
  FaultyMap,
  ManualClock,
} from "@twinmap/twinmap/testing";
import { MinimalMap } from "../../conformance/minimal_map.ts";
import { asAsyncStore, DelayedStore } from "./delayed_store.ts";
import { isAnyRed, redTests } from "./planted_faults.ts";
import { STORE_TRAITS, StoreMap } from "./store_map.ts";

type Options = AsyncConformanceOptions<unknown, unknown>;
type Store = AsyncStore<unknown, unknown>;

const red = (options: Options, only?: string) => {
  const traits = { ...STORE_TRAITS, ...options.traits };
  return redTests((test) => asyncConformance(test, { runs: 20, ...options, traits }), only);
};

/** A map of this class over a store that can compare and set, with another method or two. */
const over = (
  Class: typeof StoreMap,
  other: (store: Store) => Partial<Store> = () => ({}),
  traits?: Partial<Traits>,
) => {
  const store = asAsyncStore(new DelayedStore(), true);
  return new Class({ ...store, ...other(store) }, traits);
};

class ReversesMany extends StoreMap {
  override async getMany(keys: Iterable<unknown>): Promise<Map<unknown, unknown>> {
    return await super.getMany([...keys].reverse());
  }
}

class DeletesFirst extends StoreMap {
  override async update(key: unknown, fn: (current: unknown) => unknown): Promise<unknown> {
    const before = await this.getAndDelete(key);
    return await super.update(key, () => fn(before));
  }
}

class LooksFirst extends StoreMap {
  override async getOrInsertComputed(key: unknown, compute: (key: unknown) => unknown): Promise<unknown> {
    return await this.has(key) ? await this.get(key) : await super.getOrInsertComputed(key, compute);
  }
}

class ComputesForEach extends StoreMap {
  override async getOrInsertComputed(key: unknown, compute: (key: unknown) => unknown): Promise<unknown> {
    return await this.getOrInsert(key, await compute(key));
  }
}

class CallsAllAtOnce extends StoreMap {
  override async forEach(callback: (value: unknown, key: unknown, map: this) => unknown): Promise<void> {
    const entries = await Array.fromAsync(this);
    await Promise.all(entries.map(([key, value]) => callback(value, key, this)));
  }
}

class LiveSnapshot extends StoreMap {
  override snapshot(): Promise<AsyncIterable<[unknown, unknown]>> {
    return Promise.resolve(this);
  }
}

class IgnoresSignals extends StoreMap {
  override set(key: unknown, value: unknown): Promise<this> {
    return super.set(key, value);
  }
}

class KnowsBetter extends StoreMap {
  override async getAndSet(key: unknown, value: unknown, options = {}): Promise<unknown> {
    try {
      return await super.getAndSet(key, value, options);
    } catch (error) {
      assert(error instanceof StoreError);
      throw new StoreError("it failed", { store: "", operation: "", outcome: "not applied", retryable: false });
    }
  }
}

class Waits extends StoreMap {
  override async compareAndDelete(key: unknown, expected: unknown): Promise<boolean> {
    return await super.compareAndDelete(key, await expected);
  }
}

class Caches extends StoreMap {
  readonly #cache = new Map<unknown, { value: unknown; readsLeft: number }>();

  override async get(key: unknown): Promise<unknown> {
    const cached = this.#cache.get(key);
    if (cached !== undefined && cached.readsLeft-- > 0) return cached.value;
    const value = await super.get(key);
    this.#cache.set(key, { value, readsLeft: 3 });
    return value;
  }
}

const clock = new ManualClock();
const expiring = (change: (store: DelayedStore) => void) => {
  const store = new DelayedStore();
  store.now = () => clock.now();
  change(store);
  return new StoreMap(asAsyncStore(store, true), { expires: "entry" });
};
const EXPIRING = { traits: { expires: "entry" }, pass: (ms: number) => clock.advance(ms) } as const;

let shared = new DelayedStore();
const careless = () => {
  const store = asAsyncStore(shared, true);
  return new StoreMap({
    ...store,
    async compareAndSet(key, _seen, next, options) {
      if (next === undefined) await store.delete(key, options);
      else await store.set(key, next.value, options);
      return true;
    },
  });
};

/** What is wrong, and the test that sees it. */
const PLANTED: readonly (Options & { readonly fault: string; readonly seenBy: string })[] = [
  { fault: "getMany reverses", seenBy: "sets and gets many entries in one call", make: () => over(ReversesMany) },
  {
    fault: "update deletes first",
    seenBy: "keeps its entries if a callback throws or rejects",
    make: () => over(DeletesFirst),
  },
  {
    fault: "a present key hides what is no function",
    seenBy: "refuses a callback that is no function, and changes nothing",
    make: () => over(LooksFirst),
  },
  {
    fault: "each caller computes",
    seenBy: "computes a value once for all who wait for it",
    make: () => over(ComputesForEach),
  },
  {
    fault: "forEach calls for all entries at once",
    seenBy: "calls the callback of forEach for one entry after the other",
    make: () => over(CallsAllAtOnce),
  },
  {
    fault: "a snapshot is the map",
    seenBy: "takes a snapshot that later writes do not change, or has none",
    make: () => over(LiveSnapshot, undefined, { snapshot: "linear" }),
    traits: { snapshot: "linear" },
  },
  {
    fault: "an iteration repeats its first entry",
    seenBy: "iterates under writes as its traits say",
    make: () =>
      over(StoreMap, (store) => ({
        async *entries(options) {
          let isFirst = true;
          for await (const entry of store.entries(options)) {
            if (isFirst) yield entry;
            isFirst = false;
            yield entry;
          }
        },
      })),
  },
  {
    fault: "other keys are kept",
    seenBy: "refuses keys and values that its traits do not name",
    make: () => over(StoreMap),
    traits: { keys: "integers" },
  },
  {
    fault: "a promise is waited for",
    seenBy: "refuses a promise for a value, and changes nothing",
    make: () => over(Waits),
  },
  {
    fault: "a trait is not the one that was promised",
    seenBy: "declares its traits, and changes no order by reads unless they say so",
    make: () => over(StoreMap),
    traits: { touches: true },
  },
  {
    fault: "long values are truncated",
    seenBy: "gives values back equal, or refuses them when they are set",
    make: () =>
      over(StoreMap, () => ({ encode: (value) => typeof value === "string" ? value.slice(0, 65_536) : value })),
  },
  {
    fault: "a copy is not taken",
    seenBy: "takes values at the call, and compares copies by content",
    make: () => over(StoreMap),
    traits: { values: "copy" },
  },
  {
    fault: "keys are merged",
    seenBy: "tells keys apart that are easily confused",
    make: () => {
      const merged = (key: unknown) => typeof key === "string" ? key.replaceAll("/", ":") : key;
      return over(StoreMap, (store) => ({
        get: (key, options) => store.get(merged(key), options),
        set: (key, value, options) => store.set(merged(key), value, options),
      }));
    },
    traits: { keys: "strings and integers" },
  },
  {
    fault: "keys over the limit are kept",
    seenBy: "keeps to its limit for keys",
    make: () => over(StoreMap),
    traits: { maxKeyBytes: 100 },
  },
  {
    fault: "values over the limit are kept",
    seenBy: "keeps to its limit for values",
    make: () => over(StoreMap),
    traits: { maxValueBytes: 100 },
  },
  {
    fault: "set ignores its signal",
    seenBy: "sends nothing if its signal is aborted already",
    make: () => over(IgnoresSignals),
  },
  {
    fault: "whatever fails is said to be not applied",
    seenBy: "tells what became of a write that is aborted",
    make: () => over(KnowsBetter),
  },
  {
    fault: "writes begin a new time",
    seenBy: "keeps the time of an entry, unless it is set anew",
    make: () =>
      expiring((store) => {
        const { set } = store;
        store.set = (key, value, expiresAt) => set.call(store, key, value, store.get(key) ? Infinity : expiresAt);
      }),
    ...EXPIRING,
  },
  {
    fault: "entries stay",
    seenBy: "lets entries expire",
    make: () => expiring((store) => store.now = () => 0),
    ...EXPIRING,
  },
  { fault: "reads are old", seenBy: "is linearizable under concurrent callers", make: () => over(Caches) },
  {
    fault: "compareAndSet does not compare",
    seenBy: "loses no update of concurrent callers",
    make: () => {
      shared = new DelayedStore();
      return careless();
    },
    open: () => careless(),
  },
  {
    fault: "only one process is atomic",
    seenBy: "is linearizable under the callers of two maps over one store",
    make: () => {
      shared = new DelayedStore();
      return new StoreMap(asAsyncStore(shared, false), { atomic: "store" });
    },
    open: () => new StoreMap(asAsyncStore(shared, false), { atomic: "store" }),
  },
  {
    fault: "an outage loses what was acknowledged",
    seenBy: "loses nothing when its store is killed and comes back",
    make: () => {
      shared = new DelayedStore();
      return new StoreMap(asAsyncStore(shared, true));
    },
    stop: () => Promise.resolve(void (shared.isDown = true)),
    start: () => {
      for (const key of shared.keys()) shared.delete(key);
      shared.isDown = false;
      return Promise.resolve();
    },
  },
];

describe("asyncConformance()", () => {
  it("is green over a map of the least code", async () => {
    assertEquals(await Array.fromAsync(red({ make: () => over(StoreMap) })), []);
  });

  for (const fault of FAULT_NAMES) {
    it(`is red over a lifted map with the fault ${fault}`, async () => {
      const traits: Partial<Traits> = { order: "insertion", iteration: "live" };
      const make = () => {
        const map = new FaultyMap<unknown, unknown>(new MinimalMap(), () => 0);
        Object.defineProperty(map, "traits", { value: { ...map.traits, ...traits } });
        map.fault = fault;
        return lift(map);
      };
      assert(await isAnyRed(redTests((test) => asyncConformance(test, { make, traits }))));
    });
  }

  for (const { fault, seenBy, ...options } of PLANTED) {
    it(`tells by "${seenBy}" that ${fault}`, async () => {
      assertEquals(await Array.fromAsync(red(options, seenBy)), [seenBy]);
    });
  }
});
