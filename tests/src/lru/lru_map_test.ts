import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type EvictReason, type LruAdoptOptions, LruMap, type LruMapOptions } from "@twinmap/twinmap/lru";
import fc from "fast-check";
import { LRUCache } from "lru-cache";
import { ManualClock } from "../../../testing/manual_clock.ts";

type Told = [key: string, value: unknown, reason: EvictReason];

/** A map, and the evictions that it reported. */
function rig(options: Partial<LruMapOptions<string, unknown>>): { map: LruMap<string, unknown>; told: Told[] } {
  const told: Told[] = [];
  const onEvict = (key: string, value: unknown, reason: EvictReason) => void told.push([key, value, reason]);
  return { map: new LruMap<string, unknown>({ max: 100, onEvict, ...options }), told };
}

describe("LruMap", () => {
  it("says in its traits that it evicts, and how many entries it holds", () => {
    assertEquals([rig({}).map.traits.evicts, rig({}).map.traits.maxEntries], [true, 100]);
  });

  it("evicts the least recently used entry when it is full", () => {
    const { map, told } = rig({ max: 2 });
    map.set("a", 1).set("b", 2);
    map.get("a");
    map.set("c", undefined).set("d", 4);
    assertEquals([...map.keys()], ["d", "c"]);
    assertEquals(told, [["b", 2, "size"], ["a", 1, "size"]]);
    map.set("e", 5).set("f", 6);
    assertEquals(told.slice(2), [["c", undefined, "size"], ["d", 4, "size"]]);
  });

  it("visits each entry once, the most recently used first, even if each visit uses it or adds another", () => {
    for (const visit of ["get", "getAndDelete", "add"] as const) {
      const { map } = rig({ max: 20 });
      for (let key = 0; key < 10; key++) map.set(`${key}`, key);
      const visited: string[] = [];
      for (const key of map.keys()) {
        visited.push(key);
        if (visit === "add") map.set(`added at ${key}`, 0);
        else map[visit](key);
      }
      const original = visited.filter((key) => key.length === 1);
      assertEquals([original, visited.length <= 11], [["9", "8", "7", "6", "5", "4", "3", "2", "1", "0"], true]);
    }
  });

  it("does not count has, peek, evicted and iteration as uses", () => {
    const { map } = rig({ max: 2 });
    map.set("a", 1).set("b", 2);
    assertEquals([map.has("a"), map.peek("a"), map.evicted("a"), [...map].length], [true, 1, false, 2]);
    map.forEach(() => {});
    map.set("c", 3);
    assertEquals([map.has("a"), map.has("b")], [false, true]);
  });

  it("keeps the sum of the sizes within maxSize", () => {
    const { map, told } = rig({ maxSize: 10, sizeOf: (value) => Number(value) });
    map.set("a", 4).set("b", 4).set("c", 4);
    assertEquals(told, [["a", 4, "size"]]);
    map.set("b", 10);
    assertEquals([...map], [["b", 10]]);
  });

  it("asks for the size again when a value that was changed in place is set", () => {
    const { map } = rig({ maxSize: 10, sizeOf: (value) => (value as number[]).length });
    const list = [1];
    map.set("a", [1]).set("b", list);
    list.push(...Array(9).fill(1));
    map.set("b", list);
    assertEquals([...map.keys()], ["b"]);
  });

  it("does not store an entry larger than maxSize, and evicts the previous one", () => {
    const { map, told } = rig({ maxSize: 10, sizeOf: (value) => Number(value) });
    map.set("a", 1).set("b", 1).set("a", 11);
    assertEquals([[...map], map.evicted("a"), told], [[["b", 1]], true, [["a", 11, "size"]]]);
    assertEquals([map.getOrInsert("c", 12), map.has("c")], [12, false]);
  });

  it("changes nothing if sizeOf throws or does not return a size", () => {
    for (const size of [0, -1, 1.5, NaN, undefined]) {
      const { map } = rig({ maxSize: 10, sizeOf: (value) => value === "bad" ? size as number : 1 });
      map.set("a", "good");
      const kind = size === undefined ? TypeError : RangeError;
      assertThrows(() => map.set("a", "bad"), kind, `from 1: received ${size}`);
      assertEquals([...map], [["a", "good"]]);
    }
  });

  it("evicts an entry after its time to live, which only a write extends", () => {
    const clock = new ManualClock();
    const { map, told } = rig({ ttlMs: 100, clock });
    map.set("a", 1).set("b", 2);
    return clock.advance(60).then(async () => {
      map.get("a");
      map.set("b", 3);
      await clock.advance(60);
      assertEquals([map.has("a"), map.peek("a"), map.expired("a"), [...map]], [false, undefined, true, [["b", 3]]]);
      assertEquals(told, []);
      assertEquals([map.size, map.get("b")], [1, 3]);
      assertEquals(told, [["a", 1, "expired"]]);
    });
  });

  it("accepts a clock that starts at 0", () => {
    let nowMs = 0;
    const { map } = rig({ ttlMs: 1, clock: { monotonicMs: () => nowMs } });
    map.set("a", 1);
    nowMs = 2;
    assertEquals(map.has("a"), false);
  });

  it("treats an expired entry as absent in every operation", async () => {
    const operations: [(map: LruMap<string, unknown>) => unknown, unknown][] = [
      [(map) => map.get("a"), undefined],
      [(map) => map.set("a", 2).get("a"), 2],
      [(map) => map.delete("a"), false],
      [(map) => map.getOrInsert("a", 2), 2],
      [(map) => map.getAndDelete("a"), undefined],
      [(map) => map.getAndSet("a", 2), undefined],
      [(map) => map.compareAndSet("a", 1, 2), false],
      [(map) => map.compareAndDelete("a", 1), false],
      [(map) => map.update("a", (current) => [current]), [undefined]],
      [(map) => map.size, 0],
    ];
    for (const [operation, answer] of operations) {
      const clock = new ManualClock();
      const { map, told } = rig({ ttlMs: 1, clock });
      map.set("a", 1);
      await clock.advance(2);
      assertEquals([operation(map), told], [answer, [["a", 1, "expired"]]], String(operation));
    }
  });

  it("reports an eviction after the operation, so that onEvict may use the map", () => {
    const seen: unknown[] = [];
    const map: LruMap<string, number> = new LruMap({
      max: 1,
      onEvict: (key, _, reason) => {
        seen.push([key, reason, [...map]]);
        throw new Error("mine");
      },
    });
    map.set("a", 1);
    assertThrows(() => map.set("b", 2), Error, "mine");
    assertEquals([[...map], seen], [[["b", 2]], [["a", "size", [["b", 2]]]]]);
  });

  it("does not report entries that a caller removed or overwrote", () => {
    const { map, told } = rig({});
    map.set("a", 1).set("a", 2).set("b", 3);
    map.delete("a");
    map.clear();
    assertEquals([told, map.evicted("a"), map.evicted("b")], [[], false, false]);
  });

  it("knows every key that it has evicted", () => {
    fc.assert(fc.property(fc.array(fc.nat(2 ** 31)), fc.integer({ min: 1, max: 5 }), (keys, max) => {
      const evicted = new Set<number>();
      const map = new LruMap<number, null>({ max, onEvict: (key) => evicted.add(key) });
      for (const key of keys) map.set(key, null);
      for (const key of evicted) assert(map.evicted(key));
    }));
  });

  it("takes only few other keys for evicted ones", () => {
    const map = new LruMap<number, null>({ max: 1 });
    for (let key = 0; key <= 10_000; key++) map.set(key, null);
    let taken = 0;
    for (let key = -10_000; key < 0; key++) taken += Number(map.evicted(key));
    assert(taken < 300, `${taken} of 10,000`);
  });

  it("refuses invalid options, and says what it received", () => {
    const refused: [unknown, string][] = [
      [undefined, "max or maxSize must be given: received neither"],
      [{}, "max or maxSize must be given: received neither"],
      [{ ttlMs: 1 }, "max or maxSize must be given: received neither"],
      [{ max: 0 }, "max must be a whole number from 1 to 8388608: received 0"],
      [{ max: 9_000_000 }, "max must be a whole number from 1 to 8388608: received 9000000"],
      [{ max: "1" }, 'max must be a whole number from 1 to 8388608: received "1"'],
      [{ maxSize: 1 }, "maxSize and sizeOf must be given together: received maxSize alone"],
      [{ max: 1, sizeOf: () => 1 }, "maxSize and sizeOf must be given together: received sizeOf alone"],
      [{ maxSize: 1, sizeOf: 1 }, "sizeOf must be a function: received 1"],
      [{ max: 1, ttlMs: 0.5 }, "ttlMs must be a whole number from 1 to 9007199254740991: received 0.5"],
      [{ max: 1, onEvict: 1 }, "onEvict must be a function: received 1"],
      [{ max: 1, clock: {} }, "clock must have the method monotonicMs: received an object"],
    ];
    for (const [options, message] of refused) {
      assertThrows(
        () => new LruMap(options as LruMapOptions<unknown, unknown>),
        Error,
        `Cannot create LruMap: ${message}`,
      );
    }
  });

  it("distinguishes evicted keys from expired ones, even after they are removed", async () => {
    const clock = new ManualClock();
    const { map } = rig({ max: 1, ttlMs: 1_000, clock });
    map.set("a", 1).set("b", 2);
    const told = () => ["a", "b", "c"].map((key) => [map.evicted(key), map.expired(key)]);
    assertEquals(told(), [[true, false], [false, false], [false, false]]);
    await clock.advance(1_001);
    assertEquals(told(), [[true, false], [false, true], [false, false]]);
    map.get("b");
    assertEquals(told(), [[true, false], [false, true], [false, false]]);
  });

  it("keeps the time of an entry that is written to, unless it is set anew", async () => {
    const clock = new ManualClock();
    const cache = new LRUCache<string, number>({
      max: 9,
      ttl: 1_000,
      ttlResolution: 0,
      perf: { now: () => 1 + clock.monotonicMs() },
    });
    const made = new LruMap<string, number>({ max: 9, ttlMs: 1_000, clock });
    const maps = [
      { map: made, left: (key: string) => made.expiresAt(key)! - clock.now() },
      { map: LruMap.adopt(cache), left: (key: string) => cache.getRemainingTTL(key) },
    ];
    for (const { map, left } of maps) {
      map.set("a", 1).set("b", 1, { ttlMs: 500 }).set("c", 1, { ttlMs: Infinity });
      await clock.advance(200);
      for (const key of ["a", "b", "c"]) {
        map.getAndSet(key, 2);
        map.compareAndSet(key, 2, 3);
        map.update(key, (value) => value! + 1);
        map.update(key, (value) => value);
      }
      assertEquals([...["a", "b", "c"].map(left), map.get("a")], [800, 300, Infinity, 4]);
      map.set("a", 5).update("d", () => 1);
      map.getAndSet("e", 1);
      assertEquals(["a", "d", "e"].map(left), [1_000, 1_000, 1_000]);
      await clock.advance(300);
      assertEquals([map.getAndSet("b", 6), map.get("b")], [4, 6]);
      await clock.advance(1);
      assertEquals([map.update("b", (value) => value === undefined ? 7 : 8), left("b")], [7, 1_000]);
    }
  });

  it("returns when an entry expires, by the map's time to live or its own", async () => {
    const clock = new ManualClock();
    const { map } = rig({ ttlMs: 1_000, clock });
    map.set("a", 1).set("b", 2, { ttlMs: 50 });
    const atMs = ["a", "b", "c"].map((key) => map.expiresAt(key));
    assertEquals(atMs, [clock.now() + 1_000, clock.now() + 50, undefined]);
    await clock.advance(51);
    assertEquals([[...map.keys()], map.expired("b"), map.expiresAt("b")], [["a"], true, undefined]);
    assertEquals([map.traits.expires, rig({}).map.traits.expires], ["entry", "never"]);
    assertEquals(rig({}).map.set("a", 1).expiresAt("a"), Infinity);
    for (const ttlMs of [0, -1, NaN]) {
      assertThrows(() => map.set("a", 1, { ttlMs }), RangeError, "ttlMs must be a number above 0: received");
    }
    assertEquals(map.get("a"), 1);
  });
});

describe("LruMap.adopt()", () => {
  it("shares the entries of a cache, and peeks without using them", () => {
    const cache = new LRUCache<string, number>({ max: 2 });
    cache.set("a", 1);
    const map = LruMap.adopt(cache);
    map.set("b", 2);
    assertEquals([map.peek("a"), [...cache.keys()], map.get("a"), [...map]], [1, ["b", "a"], 1, [["a", 1], ["b", 2]]]);
    assertEquals([map.traits.maxEntries, map.traits.expires, map.size], [2, "never", 2]);
  });

  it("may have evicted any key, unless its owner says otherwise", () => {
    const map = LruMap.adopt(new LRUCache<string, number>({ max: 2, ttl: 9 }));
    assertEquals([map.evicted("a"), map.expired("a"), map.traits.expires], [true, true, "entry"]);
    const told = LruMap.adopt(new LRUCache<string, number>({ max: 2 }), { evicted: (key) => key === "b" });
    assertEquals([told.evicted("a"), told.evicted("b"), told.expired("a")], [false, true, false]);
  });

  it("refuses what is not a cache", () => {
    const wrong = new Map() as unknown as LRUCache<string, number>;
    const message = "Cannot adopt a cache: it must have the method peek, as an LRUCache: received a Map";
    assertThrows(() => LruMap.adopt(wrong), TypeError, message);
    const cache = new LRUCache<string, number>({ max: 2 });
    const options = { evicts: true } as unknown as LruAdoptOptions<string>;
    assertThrows(() => LruMap.adopt(cache, options), TypeError, 'Cannot adopt a cache: unknown option "evicts"');
  });
});
