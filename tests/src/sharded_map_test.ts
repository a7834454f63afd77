import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ShardedMap } from "@twinmap/twinmap";

describe("ShardedMap", () => {
  it("refuses a number of shards that is not a power of two from 1 to 65536", () => {
    for (const shards of [3, 0, -2, 1.5, 131_072, NaN, "4"]) {
      assertThrows(
        () => new ShardedMap({ shards: shards as number }),
        RangeError,
        `Cannot create ShardedMap: shards must be a power of two from 1 to 65536: received ${shards}`,
      );
    }
    assertEquals(new ShardedMap({ shards: 65_536 }).shardSizes.length, 65_536);
  });

  it("refuses a hash that is no function", () => {
    const hash = 1 as unknown as () => number;
    assertThrows(() => new ShardedMap({ hash }), TypeError, "hash must be a function: received number");
  });

  it("holds 2^24 entries a shard", () => {
    assertEquals(new ShardedMap({ shards: 4 }).traits.maxEntries, 2 ** 26);
  });

  it("takes any whole number for a hash, whatever its sign and size", () => {
    const map = new ShardedMap<number, number>({ shards: 8, hash: (key) => -key * 2 ** 31 - key });
    for (let key = 0; key < 100; key++) map.set(key, key);
    for (let key = 0; key < 100; key++) assertEquals(map.get(key), key);
    assertEquals(map.size, 100);
  });

  const kinds: Record<string, (at: number) => unknown> = {
    "whole numbers": (at) => at,
    "multiples of 4096": (at) => at * 4096,
    "negative numbers": (at) => -at,
    "fractions": (at) => at / 7,
    "large numbers": (at) => 2 ** 40 + at,
    "numbered strings": (at) => `user:${at}`,
    "bigints": (at) => BigInt(at) * 2n ** 70n,
    "objects": (at) => ({ at }),
  };
  for (const [kind, keyAt] of Object.entries(kinds)) {
    it(`spreads ${kind} evenly`, () => {
      const map = new ShardedMap<unknown, number>({ shards: 16 });
      for (let at = 0; at < 16_000; at++) map.set(keyAt(at), at);
      assertEquals(map.size, 16_000);
      // A thousand each, give or take 32: seven times that is out of the question.
      assert(map.shardSizes.every((size) => Math.abs(size - 1_000) < 230), `${map.shardSizes}`);
    });
  }
});
