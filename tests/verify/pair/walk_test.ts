import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { HashTrieMap, NativeMap, type Traits, twin } from "@twinmap/twinmap";
import { keysOf, walked } from "../../../verify/pair/walk.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

/** A map that can be walked by its snapshot alone. */
class OnlySnapshots extends HashTrieMap<number, number> {
  override keys(): never {
    throw new Error("not by keys()");
  }
}

/** The keys of a walk that deletes key 1 and adds a new one at each step. */
function walkedUnderWrites(map: NativeMap<number, number> | HashTrieMap<number, number>): Set<number> {
  for (let key = 0; key < 20; key++) map.set(key, key);
  const walked = new Set<number>();
  for (const key of keysOf(map)) {
    walked.add(key);
    map.delete(1);
    map.set(1_000 + key, key);
  }
  return walked;
}

const first = new Set(Array.from({ length: 20 }, (_, key) => key));

describe("keysOf()", () => {
  it("walks the snapshot of a map that takes it in constant time: the keys that there were, whatever is written", () => {
    assertEquals(walkedUnderWrites(new OnlySnapshots()), first);
  });

  it("ends in a map in insertion order that grows as fast as it is walked", () => {
    const walked = walkedUnderWrites(new NativeMap());
    assertEquals(walked.size, 20);
    assertEquals(walked.has(1), false);
  });

  it("gives up a walk of keys without end, however the map is walked", () => {
    class Endless extends NativeMap<number, number> {
      readonly #traits: Partial<Traits>;

      constructor(traits: Partial<Traits>) {
        super([[1, 1], [2, 2]]);
        this.#traits = traits;
      }

      override get traits(): Traits {
        return { ...super.traits, ...this.#traits };
      }

      override *keys(): MapIterator<number> {
        for (;;) yield* super.keys();
      }

      override *snapshot(): Iterable<[number, number]> {
        for (;;) yield* super.entries();
      }
    }
    for (const traits of [{ touches: true }, { snapshot: "constant" }, { order: "none" }] satisfies Partial<Traits>[]) {
      const message = "Cannot walk a map: it gave 10021 keys, and has 2";
      assertThrows(() => [...keysOf(new Endless(traits))], RangeError, message);
    }
    assertEquals([...keysOf(new Endless({ order: "insertion" }))], [1, 2]);
  });

  it("goes on in a map that grows while it is walked", () => {
    const map = new NativeMap([[0, 0]]);
    for (const key of walked(map)) map.set(Math.min(key + 1, 50_000), 0);
    assertEquals(map.size, 50_001);
  });

  it("lets a sweep and a backfill meet keys that were deleted since", async () => {
    const clock = new ManualClock();
    const [oldMap, newMap] = [new HashTrieMap<number, number>(), new HashTrieMap<number, number>()];
    for (let key = 0; key < 300; key++) oldMap.set(key, key);
    const users = twin(oldMap, newMap, { clock, slice: 0.001 });
    users.stage("dualwrite");
    for (const walk of [() => users.backfill(), () => users.sweep()]) {
      const walked = walk();
      let ended = false;
      walked.then(() => ended = true);
      for (let at = 0; !ended; at++) {
        users.delete(at * 7 % 300);
        users.set(at * 11 % 300, at);
        users.set(300 + at, at);
        await clock.advance(5);
      }
      await walked;
    }
    const { diffs, inconclusive, sweep } = users.report();
    assertEquals([diffs, inconclusive, sweep.state, sweep.clean], [0, 0, "done", true]);
    assertEquals(new Map(newMap), new Map(oldMap));
  });

  it("refuses a size that is no number, and never computes with it", () => {
    const map = new NativeMap([[1, 1]]);
    let asked = 0;
    Object.defineProperty(map, "size", { value: { valueOf: () => ++asked } });
    for (const walk of [keysOf, walked]) {
      assertThrows(() => [...walk(map)], TypeError, "its size must be a number: received an object");
    }
    assertEquals(asked, 0);
  });
});
