import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { type ConcurrentMap, NativeMap, type Traits } from "@twinmap/twinmap";
import { makeKeyHash } from "../../../src/keys/key_hash.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { KeyVersions } from "../../../verify/pair/key_versions.ts";
import { SyncOrderWalk } from "../../../verify/pair/order_walk.ts";
import { OperationSampler } from "../../../verify/sampling/operation_sampler.ts";

type Keys = NativeMap<number, number>;

/** Iterates over the keys that there were when the iteration began. */
class SnapshotMap extends NativeMap<number, number> {
  override get traits(): Traits {
    return { ...super.traits, iteration: "snapshot" };
  }

  override keys(): MapIterator<number> {
    return [...super.keys()].values();
  }

  override entries(): MapIterator<[number, number]> {
    return [...super.entries()].values();
  }
}

interface Write {
  readonly key: number;
  readonly isDelete: boolean;
}

const writes: fc.Arbitrary<Write[]> = fc.array(
  fc.record({ key: fc.nat(12), isDelete: fc.boolean() }),
  { maxLength: 3 },
);
const keys = fc.shuffledSubarray(Array.from({ length: 9 }, (_, key) => key));

function filled(map: Keys, keys: readonly number[]): Keys {
  for (const key of keys) map.set(key, 0);
  return map;
}

interface Rig {
  readonly walk: SyncOrderWalk<number, number>;
  /** Makes a write on both sides, as a twin does. */
  readonly write: (write: Write) => void;
}

function rig(oldMap: Keys, newMap: Keys, ignores?: (key: number) => boolean): Rig {
  const clock = new ManualClock();
  const operations = new OperationSampler(1, clock);
  const versions = new KeyVersions(clock, operations, makeKeyHash("the secret of a test"));
  return {
    walk: new SyncOrderWalk({ oldMap, newMap, versions, operations, ignores }),
    write: ({ key, isDelete }) => {
      operations.writes++;
      versions.written(versions.hash(key), false);
      for (const map of [oldMap, newMap]) {
        if (isDelete) map.delete(key);
        else map.set(key, 0);
      }
    },
  };
}

/** Walks to the end, with some writes before each step. */
function walked({ walk, write }: Rig, between: readonly (readonly Write[])[] = []) {
  let at = 0;
  do between[at++]?.forEach(write); while (walk.step());
  return walk.look;
}

/** The first two keys of both maps that are in another order. */
function firstOutOfOrder(oldMap: ConcurrentMap<number, number>, newMap: ConcurrentMap<number, number>) {
  const [oldOrder, newOrder] = [
    [...oldMap.keys()].filter((key) => newMap.has(key)),
    [...newMap.keys()].filter((key) => oldMap.has(key)),
  ];
  const at = oldOrder.findIndex((key, at) => key !== newOrder[at]);
  return at < 0 ? undefined : [oldOrder[at], newOrder[at]];
}

describe("SyncOrderWalk", () => {
  it("finds the first two keys of both sides that are in another order, and none only if there are none", () => {
    fc.assert(fc.property(keys, keys, (oldKeys, newKeys) => {
      const [oldMap, newMap] = [filled(new NativeMap(), oldKeys), filled(new NativeMap(), newKeys)];
      const look = walked(rig(oldMap, newMap));
      assertEquals([look.difference?.keys, look.quiet], [firstOutOfOrder(oldMap, newMap), true]);
    }));
  });

  it("finds none between two maps in one order that iterate live, whatever is written meanwhile", () => {
    fc.assert(fc.property(keys, fc.array(writes, { maxLength: 20 }), (held, between) => {
      const sides = rig(filled(new NativeMap(), held), filled(new NativeMap(), held));
      const look = walked(sides, between);
      assertEquals([look.difference, look.quiet], [undefined, true]);
    }));
  });

  it("finds none between two maps in one order where one iterates over a snapshot, but may not be quiet", () => {
    fc.assert(fc.property(keys, fc.array(writes, { maxLength: 20 }), fc.boolean(), (held, between, isOldLive) => {
      const [live, snapshot] = [filled(new NativeMap(), held), filled(new SnapshotMap(), held)];
      const sides = isOldLive ? rig(live, snapshot) : rig(snapshot, live);
      assertEquals(walked(sides, between).difference, undefined);
    }));
  });

  for (const snapshotSide of ["old", "new"]) {
    it(`passes a key over that the ${snapshotSide} side gives at its old place, and is not quiet then`, () => {
      const [live, snapshot] = [filled(new NativeMap(), [1, 2, 3]), filled(new SnapshotMap(), [1, 2, 3])];
      const sides = snapshotSide === "new" ? rig(live, snapshot) : rig(snapshot, live);
      sides.walk.step();
      for (const isDelete of [true, false]) sides.write({ key: 2, isDelete });
      const look = walked(sides);
      assertEquals([look.difference, look.quiet], [undefined, false]);
    });
  }

  it("finds two keys in another order that are not written, whatever else is", () => {
    const unwritten = [100, 101];
    fc.assert(fc.property(keys, fc.array(writes, { maxLength: 20 }), fc.nat(9), (held, between, at) => {
      const sides = rig(
        filled(new NativeMap(), held.toSpliced(at, 0, ...unwritten)),
        filled(new NativeMap(), held.toSpliced(at, 0, ...unwritten.toReversed())),
      );
      const look = walked(sides, between);
      assertEquals([look.difference?.keys, look.quiet], [unwritten, true]);
    }));
  });

  it("begins again, and forgets what it saw", () => {
    const [oldMap, newMap] = [filled(new NativeMap(), [1, 2]), filled(new NativeMap(), [2, 1])];
    const sides = rig(oldMap, newMap);
    assertEquals(walked(sides).difference?.keys, [1, 2]);
    sides.walk.restart();
    assertEquals(walked(sides).difference?.keys, [1, 2]);
    sides.write({ key: 1, isDelete: true });
    sides.write({ key: 1, isDelete: false });
    sides.walk.restart();
    assertEquals(walked(sides), { difference: undefined, evicted: false, quiet: true, version: 0 });
  });

  it("leaves out keys that are ignored", () => {
    const [oldMap, newMap] = [filled(new NativeMap(), [1, 2, 3]), filled(new NativeMap(), [2, 3, 1])];
    assertEquals(walked(rig(oldMap, newMap, (key) => key === 1)).difference, undefined);
  });
});
