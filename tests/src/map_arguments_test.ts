/** The first argument of every map's constructor: entries, as for `Map`. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  AdaptiveMap,
  type ConcurrentMap,
  HashTrieMap,
  IntMap,
  IntNumberMap,
  NativeMap,
  ReadDirtyMap,
  ShardedMap,
} from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import { SharedMap } from "@twinmap/twinmap/shared";
import { WasmMap } from "@twinmap/twinmap/wasm";

type Entries = Iterable<readonly [number, number]> | null | undefined;

const MAKERS: readonly [name: string, make: (entries: Entries) => ConcurrentMap<number, number>][] = [
  ["NativeMap", (entries) => new NativeMap(entries)],
  ["ReadDirtyMap", (entries) => new ReadDirtyMap(entries)],
  ["ShardedMap", (entries) => new ShardedMap(entries)],
  ["HashTrieMap", (entries) => new HashTrieMap(entries)],
  ["IntMap", (entries) => new IntMap(entries)],
  ["IntNumberMap", (entries) => new IntNumberMap(entries)],
  ["AdaptiveMap", (entries) => new AdaptiveMap(entries)],
  ["SharedMap", (entries) => SharedMap.create(entries, { maxBytes: 2 ** 16 })],
  ["WasmMap", (entries) => new WasmMap(entries, { maxBytes: 2 ** 16 })],
  ["LruMap", (entries) => new LruMap(entries, { max: 10 })],
];

for (const [name, make] of MAKERS) {
  describe(`new ${name}()`, () => {
    it("starts with the given entries; of two with the same key the later one counts", () => {
      const entries: [number, number][] = [[1, 1], [2, 2], [1, 3]];
      for (const given of [entries, new Map(entries), entries.values()]) {
        assertEquals(new Map(make(given)), new Map([[1, 3], [2, 2]]));
      }
    });

    it("starts empty without entries", () => {
      for (const none of [undefined, null, []]) assertEquals([...make(none)], []);
    });

    it("refuses what is not an iterable of pairs", () => {
      for (const wrong of [1, "ab", [1], [null], Symbol("a"), () => {}]) {
        assertThrows(() => make(wrong as unknown as Entries), TypeError);
      }
    });

    it("passes on what an iterable throws, and ends its iteration if an entry is refused", () => {
      let ended = 0;
      function* entries(entry: unknown): Generator<never> {
        try {
          yield entry as never;
          throw new RangeError("mine");
        } finally {
          ended++;
        }
      }
      assertThrows(() => make(entries([1, 1])), RangeError, "mine");
      assertThrows(() => make(entries(1)), TypeError);
      assertEquals(ended, 2);
    });
  });
}

describe("the constructor of a map with options", () => {
  it("takes the options alone, or after the entries", () => {
    assertEquals(new ShardedMap({ shards: 16 }).shardSizes.length, 16);
    const map = new ShardedMap([["a", 1]], { shards: 16 });
    assertEquals([map.shardSizes.length, map.get("a")], [16, 1]);
    assertEquals(new LruMap([["a", 1], ["b", 2]], { max: 1 }).size, 1);
  });

  it("says what is wrong with its entries", () => {
    const cannot = "Cannot create ShardedMap:";
    const make = (entries: unknown, options?: object) => () => new ShardedMap(entries as Entries, options);
    assertThrows(make({}, {}), TypeError, `${cannot} entries must be an iterable of [key, value]: received an object`);
    assertThrows(make(5), TypeError, `${cannot} entries must be an iterable of [key, value]: received 5`);
    assertThrows(make([5]), TypeError, `${cannot} each entry must be [key, value]: received 5`);
  });
});
