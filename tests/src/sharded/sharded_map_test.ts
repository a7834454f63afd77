import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ShardedMap, type ShardedMapOptions } from "@twinmap/twinmap";
import fc from "fast-check";
import { type Step, steps } from "../../../testing/conformance/operations.ts";

describe("ShardedMap", () => {
  it("refuses a number of shards that is not a power of two from 1 to 65536", () => {
    for (const shards of [3, 0, -2, 1.5, 131_072, 2 ** 32, NaN]) {
      assertThrows(
        () => new ShardedMap({ shards }),
        RangeError,
        `Cannot create ShardedMap: shards must be a power of two from 1 to 65536: received ${shards}`,
      );
    }
    assertThrows(() => new ShardedMap({ shards: "4" as unknown as number }), TypeError, 'received "4"');
    assertEquals(new ShardedMap({ shards: 65_536 }).shardSizes.length, 65_536);
  });

  it("refuses a hash that is not a function", () => {
    const hash = 1 as unknown as () => number;
    assertThrows(() => new ShardedMap({ hash }), TypeError, "hash must be a function: received 1");
  });

  it("gives entries numbers of 31 bits", () => {
    assertEquals(new ShardedMap().traits.maxEntries, 2 ** 31 - 1);
  });

  it("accepts any whole number as a hash, whatever its sign and size", () => {
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

  it("starts with the given number of shards, and returns to it when it is cleared", () => {
    for (const shards of [1, 4]) {
      const map = filled(20_000, { shards });
      assertEquals(map.shardSizes.length, 16);
      map.clear();
      assertEquals([map.size, map.shardSizes, [...map]], [0, Array(shards).fill(0), []]);
      fill(map, 0, 20_000);
      assertEquals([map.shardSizes.length, new Set(map.keys()).size], [16, 20_000]);
    }
  });

  it("splits the next shard in two by one bit of the hash when there are more than 1280 entries for each shard", () => {
    const map = filled(LOAD, { hash: (key) => key });
    assertEquals(map.shardSizes, [1280]);
    map.set(LOAD, 0);
    assertEquals(map.shardSizes, [641, 640]);
    fill(map, LOAD, 2 * LOAD);
    assertEquals(map.shardSizes, [1280, 1280]);
    map.set(2 * LOAD, 0);
    assertEquals(map.shardSizes, [641, 1280, 640]);
    fill(map, 2 * LOAD, 3 * LOAD + 1);
    assertEquals(map.shardSizes, [961, 960, 960, 960]);
    fill(map, 3 * LOAD, 4 * LOAD + 1);
    assertEquals(map.shardSizes, [641, 1280, 1280, 1280, 640]);
    assertEquals(map.overflowSize, 0);
  });

  it("adds no shard for a key that it has, and none after deletes", () => {
    const map = filled(LOAD);
    fill(map, 0, LOAD);
    for (let key = 0; key < 100; key++) map.delete(key);
    fill(map, LOAD, LOAD + 100);
    assertEquals([map.size, map.shardSizes], [LOAD, [LOAD]]);
    for (let key = 0; key < LOAD; key++) map.delete(key);
    assertEquals([map.size, map.shardSizes], [100, [100]]);
  });

  it("keeps every entry in a shard, and the shards between a quarter and two and a half times 1280, while it grows", () => {
    const map = new ShardedMap<number, number>();
    for (let count = LOAD + 1; count < 300_000; count = Math.ceil(count * 1.1)) {
      fill(map, map.size, count);
      const sizes = map.shardSizes;
      assert(sizes.every((size) => size > LOAD / 4 && size < 2.5 * LOAD), `${sizes}`);
      assertEquals([sizes.length, map.overflowSize], [Math.ceil(count / LOAD), 0]);
    }
  });

  it("makes no more shards with a bad hash than with a good one, and finds entries that got no slot", () => {
    for (const [hash, inSlots] of [[() => 5, 128], [(key: number) => key & 15, 16 * 128]] as const) {
      const map = filled(40_000, { hash });
      assertEquals(map.shardSizes.length, Math.ceil(40_000 / LOAD));
      assertEquals([map.size, map.overflowSize], [40_000, 40_000 - inSlots]);
      for (let key = 0; key < 40_000; key++) assertEquals(map.get(key), key);
      assertEquals(map.has(40_000), false);
      for (let key = 0; key < 40_000; key++) assertEquals(map.delete(key), true);
      assertEquals([map.size, map.overflowSize], [0, 0]);
    }
  });

  it("reuses the place of a deleted entry", () => {
    const map = filled(5);
    map.delete(1);
    map.delete(3);
    map.set(5, 5).set(6, 6).set(7, 7);
    assertEquals([...map.keys()], [0, 6, 2, 5, 4, 7]);
  });

  const hashes = fc.constantFrom<ShardedMapOptions<number>>(
    ...[{}, { shards: 4 }, { hash: (key: number) => key }, { hash: (key: number) => key & 15 }, { hash: () => 5 }],
  );

  it("answers every operation as a plain Map would while its shards are split", () => {
    fc.assert(fc.property(hashes, fc.array(writes), (options, script) => {
      const map = new ShardedMap<number, number>(options);
      const model = new Map<number, number>();
      for (const write of script) {
        apply(write, map, model);
        const { size, shardSizes, overflowSize } = map;
        assertEquals([size, shardSizes.reduce((sum, size) => sum + size, overflowSize)], [model.size, model.size]);
        assert(shardSizes.length * LOAD >= size, "there are as many shards as the entries call for");
      }
      const keys = new Set(map.keys());
      assertEquals([[...map].length, keys.size], [model.size, model.size]);
      for (const [key, value] of map) assert(model.has(key) && model.get(key) === value, `${key} is ${value}`);
      for (const [key, value] of model) assert(keys.has(key) && map.get(key) === value, `${key} is not ${value}`);
    }));
  });

  it("stores the result of a callback that split, or cleared, the shard of its key", () => {
    fc.assert(fc.property(hashes, fc.nat(3 * LOAD), fc.nat(2 * LOAD), fc.boolean(), (options, count, key, clears) => {
      const map = filled(count, options);
      const write = () => {
        fill(map, 0, 4 * LOAD);
        if (clears) map.clear();
        return -1;
      };
      assertEquals(map.update(key, write), -1);
      assertEquals([map.get(key), map.size], [-1, clears ? 1 : 4 * LOAD]);
      map.clear();
      assertEquals(map.getOrInsertComputed(key, write), -1);
      assertEquals([map.get(key), map.size], [-1, clears ? 1 : 4 * LOAD]);
      assertEquals(new Set(map.keys()).size, map.size);
    }));
  });

  it("visits every entry that is present throughout exactly once while its shards are split, and nothing absent", () => {
    fc.assert(fc.property(hashes, fc.nat(4 * LOAD), fc.array(writes), fc.boolean(), (options, count, script, calls) => {
      const map = filled(count, options);
      const model = new Map(map);
      const always = new Set(model.keys());
      const visits = new Map<number, number>();
      const left = [...script];
      const visitsAWrite = Math.ceil((count + 1) / (script.length + 1));
      const visit = (value: number, key: number) => {
        assert(model.has(key) && model.get(key) === value, `${key} is not ${value}`);
        visits.set(key, (visits.get(key) ?? 0) + 1);
        const write = visits.size % visitsAWrite === 0 ? left.pop() : undefined;
        if (write === undefined) return;
        apply(write, map, model);
        for (const key of always) if (!model.has(key)) always.delete(key);
      };
      if (calls) map.forEach(visit);
      else for (const [key, value] of map) visit(value, key);
      assertEquals([...always].filter((key) => visits.get(key) !== 1), []);
    }));
  });

  it("ends an iteration in which each visit adds an entry", () => {
    for (const hash of [undefined, () => 5]) {
      const map = filled(100, hash && { hash });
      let visits = 0;
      for (const key of map.keys()) map.set(key + 1_000_000 + visits++, 0);
      assertEquals([visits, map.size], [100, 200]);
    }
  });

  it("ends an iteration when it is cleared", () => {
    const map = filled(10 * LOAD);
    const iterator = map.keys();
    iterator.next();
    map.clear();
    assertEquals(iterator.next().done, true);
  });
});

/** The number of entries for each shard above which one is split. */
const LOAD = 1280;

function fill(map: Pick<Map<number, number>, "set">, from: number, to: number): void {
  for (let key = from; key < to; key++) map.set(key, key);
}

function filled(count: number, options?: ShardedMapOptions<number>): ShardedMap<number, number> {
  const map = new ShardedMap<number, number>(options);
  fill(map, 0, count);
  return map;
}

/** One operation on one key, or a value for many keys; without one they are deleted. */
type Write = Step<number, number> | { readonly from: number; readonly to: number; readonly value?: number };

const someKeys = fc.nat(5 * LOAD);
const writes: fc.Arbitrary<Write> = fc.oneof(
  steps(someKeys, fc.nat(3)),
  fc.record({ from: someKeys, to: someKeys, value: fc.nat(3) }),
  fc.record({ from: someKeys, to: someKeys }),
);

/** Both must answer alike. */
function apply(write: Write, map: ShardedMap<number, number>, model: Map<number, number>): void {
  if ("operation" in write) {
    return assertEquals(write.operation.onMap(map, write), write.operation.onModel(model, write));
  }
  for (let key = write.from; key < write.to; key++) {
    if (write.value === undefined) assert(map.delete(key) === model.delete(key), `${key} was deleted, or was not`);
    else map.set(key, write.value), model.set(key, write.value);
  }
}
