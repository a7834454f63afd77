/** Plants faults in maps: the suite goes red, and each of its tests is needed for one of them. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { ConcurrentMap, Traits } from "@twinmap/twinmap";
import {
  asyncConformance,
  conformance,
  type ConformanceOptions,
  FAULT_NAMES,
  FaultyMap,
  type RegisterTest,
} from "@twinmap/twinmap/testing";
import { MinimalMap } from "../../conformance/minimal_map.ts";
import { isAnyRed, redTests } from "./planted_faults.ts";

type Key = unknown;
type Value = unknown;

const ORDERED: Partial<Traits> = { order: "insertion", iteration: "live" };

const red = (options: ConformanceOptions<Key, Value>, only?: string) =>
  redTests((test) => conformance(test, options), only);

class Ordered extends MinimalMap<Key, Value> {
  override get traits(): Traits {
    return { ...super.traits, ...ORDERED };
  }
}

class Deletes extends MinimalMap<Key, Value> {
  override update(key: Key, fn: (current: Value) => Value): Value {
    const before = this.getAndDelete(key);
    return this.getOrInsertComputed(key, () => fn(before));
  }
}

class KeepsNested extends MinimalMap<Key, Value> {
  override getOrInsertComputed(key: Key, compute: (key: Key) => Value): Value {
    if (typeof compute !== "function") throw new TypeError("compute must be a function");
    if (this.has(key)) return this.get(key);
    const value = compute(key === 0 ? 0 : key);
    return this.getOrInsert(key, value);
  }
}

class CallsLater extends MinimalMap<Key, Value> {
  override forEach(callback: (value: Value, key: Key, map: this) => void, thisArg?: unknown): void {
    for (const [key, value] of this.entries()) callback.call(thisArg, value, key, this);
  }
}

class SwapsKeyAndValue extends MinimalMap<Key, Value> {
  override forEach(callback: (value: Value, key: Key, map: this) => void, thisArg?: unknown): void {
    super.forEach((value, key) => callback.call(thisArg, key, value, this));
  }
}

class LiveSnapshot extends MinimalMap<Key, Value> {
  override snapshot(): Iterable<[Key, Value]> {
    return { [Symbol.iterator]: () => this.entries() };
  }
}

class StopsEarly extends MinimalMap<Key, Value> {
  override *entries(): MapIterator<[Key, Value]> {
    const size = this.size;
    for (const entry of super.entries()) {
      if (this.size < size) return;
      yield entry;
    }
  }

  override get size(): number {
    return [...super.entries()].length;
  }
}

class Moves extends MinimalMap<Key, Value> {
  override get(key: Key): Value {
    const value = super.get(key);
    if (this.delete(key)) this.set(key, value);
    return value;
  }
}

const NUMBERS: Partial<Traits> = { keys: "integers", values: "numbers" };

/** What the map does wrong, and the test that sees it. */
const PLANTED: readonly { make: () => ConcurrentMap<Key, Value>; traits?: Partial<Traits>; seenBy: string }[] = [
  { make: () => new Deletes(), seenBy: "keeps its entries if a callback throws" },
  {
    make: () => new KeepsNested(),
    seenBy: "lets the result of a callback overwrite what the callback wrote to the same key",
  },
  { make: () => new CallsLater(), seenBy: "refuses a callback that is no function, and changes nothing" },
  {
    make: () => new SwapsKeyAndValue(),
    seenBy: "calls the callback of forEach with the value, the key, the map and thisArg",
  },
  { make: () => new LiveSnapshot(), seenBy: "takes a snapshot that later writes do not change" },
  { make: () => new StopsEarly(), seenBy: "iterates under writes as its traits say" },
  { make: () => new MinimalMap(), traits: NUMBERS, seenBy: "refuses keys and values that its traits do not name" },
  {
    make: () => new MinimalMap(),
    traits: { values: "copy" },
    seenBy: "returns values by reference or as copies, as its traits say",
  },
  {
    make: () => new Moves(),
    seenBy: "declares its traits, and changes no order by reads unless they say so",
  },
  {
    make: () => new MinimalMap(),
    traits: { order: "insertion" },
    seenBy: "declares its traits, and changes no order by reads unless they say so",
  },
];

describe("conformance()", () => {
  it("refuses wrong options when it is called, and so does asyncConformance()", () => {
    const make = () => new MinimalMap();
    for (const suite of [conformance, asyncConformance] as ((test: RegisterTest, options: unknown) => void)[]) {
      const refuses = (options: unknown, type: typeof TypeError | typeof RangeError, reason: string) =>
        assertThrows(() => suite(it, options), type, `Cannot test a map: ${reason}`);
      refuses({}, TypeError, "make must be a function: received undefined");
      refuses({ make, trait: {} }, TypeError, 'unknown option "trait"; known: make, traits, keys, values');
      refuses({ make, traits: "any" }, TypeError, 'traits must be an object: received "any"');
      refuses({ make, keys: "ab" }, TypeError, 'keys must be an array of two elements or more: received "ab"');
      refuses({ make, values: [1] }, RangeError, "values must be an array of two elements or more: received an array");
    }
  });

  it("is green over a map of the least code", async () => {
    assertEquals(await Array.fromAsync(red({ make: () => new MinimalMap() })), []);
    assertEquals(await Array.fromAsync(red({ make: () => new FaultyMap(new Ordered()), traits: ORDERED })), []);
  });

  for (const fault of FAULT_NAMES.filter((name) => name !== "drops-property")) {
    it(`is red over a map with the fault ${fault}`, async () => {
      const make = () => {
        const map = new FaultyMap<Key, Value>(new Ordered(), () => 0);
        map.fault = fault;
        return map;
      };
      assert(await isAnyRed(red({ make, traits: ORDERED })));
    });
  }

  for (const { make, traits = {}, seenBy } of PLANTED) {
    const claimed = Object.keys(traits).map((name) => ` that is said to have other ${name}`).join("");
    it(`tells by "${seenBy}" what is wrong with ${make().constructor.name}${claimed}`, async () => {
      assertEquals(await Array.fromAsync(red({ make, traits }, seenBy)), [seenBy]);
    });
  }
});
