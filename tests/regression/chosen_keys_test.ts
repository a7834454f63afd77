/** The hash of keys had no secret and could be undone, so who chose keys chose what became of them. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { HashTrieMap, type HashTrieStructure, IntMap, IntNumberMap, ShardedMap, twin } from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";
import { intOfOldDistinctHash, intOfOldHash, oldStringHash, stringsOfOneOldHash, unmix } from "./chosen_keys.ts";

/** How many of these keys a twin that samples so many compares, and how many different ones it counts. */
async function comparedBy(
  sample: number,
  keys: Iterable<unknown>,
): Promise<{ compared: number; comparedKeys: number }> {
  const clock = new ManualClock();
  const users = twin<unknown, number>(new Map(), new Map(), { clock, sample });
  await moveTo(users, clock, "shadow");
  for (const key of keys) users.get(key);
  await clock.until(users.settle());
  return users.report();
}

describe("keys that somebody chose by the hash without a secret", () => {
  const strings = stringsOfOneOldHash(20_000);

  it("are what they are meant to be", () => {
    assertEquals(new Set(strings).size, strings.length);
    assertEquals(new Set(strings.map(oldStringHash)), new Set([7]));
  });

  it("are sampled like any others", async () => {
    const unsampled = Array.from({ length: 1_000 }, (_, at) => intOfOldHash(2 ** 31 - 1 - at));
    const { compared } = await comparedBy(0.99, unsampled);
    assert(compared > 950, `${compared} of 1,000 compared`);
  });

  it("are counted like any others", async () => {
    const uncounted = Array.from({ length: 4_096 }, (_, register) => intOfOldDistinctHash(register << 20));
    const { comparedKeys } = await comparedBy(1, uncounted);
    assert(Math.abs(comparedKeys - 4_096) < 400, `${comparedKeys} counted of 4,096`);
  });

  it("are spread over the branches of a HashTrieMap", () => {
    const map = new HashTrieMap(strings.map((key) => [key, 1]));
    const { depth, longestList } = shapeOf(map.structure);
    assert(depth < 12 && longestList <= 4, `${depth} branches deep, lists of up to ${longestList}`);
  });

  it("all find a slot in a ShardedMap", () => {
    assertEquals(new ShardedMap(strings.map((key) => [key, 1])).overflowSize, 0);
  });

  it("are spread over the segments of an IntMap and an IntNumberMap", () => {
    const first = Array.from({ length: 40_000 }, (_, hash) => unmix(hash) ^ 0x2545f491);
    for (const map of [new IntMap<number>(), new IntNumberMap()]) {
      for (const key of first) map.set(key, 1);
      assertEquals([map.size, map.structure.depth < 4], [40_000, true]);
    }
  });

  it("are taken for evicted from an LruMap as seldom as any others", () => {
    const chosen = Array.from({ length: 1_000 }, (_, at) => intOfOldHash(unmix(at << 20) ^ 0x45564943));
    const map = new LruMap<number, number>({ max: 1 });
    for (const key of chosen.slice(0, 2)) map.set(key, 1);
    const evicted = chosen.filter((key) => map.evicted(key)).length;
    assert(evicted < 4, `${evicted} taken for evicted`);
  });
});

describe("symbols", () => {
  it("are each a key of their own, whatever their description", async () => {
    const { comparedKeys } = await comparedBy(1, Array.from({ length: 1_000 }, () => Symbol("same")));
    assert(Math.abs(comparedKeys - 1_000) < 100, `${comparedKeys} counted of 1,000`);
  });

  it("are compared like any other keys where a part of the keys is", async () => {
    const { compared } = await comparedBy(0.5, Array.from({ length: 1_000 }, () => Symbol()));
    assert(Math.abs(compared - 500) < 100, `${compared} of 1,000 compared`);
  });
});

describe("the secret of twins", () => {
  const keys = Array.from({ length: 2_000 }, (_, at) => `user:${at}`);

  /** Which keys the new map answers for, at `live`. */
  async function answeredByNew(secret: string | undefined): Promise<string[]> {
    const clock = new ManualClock();
    const [oldMap, newMap] = [new Map<string, string>(), new Map<string, string>()];
    const users = twin(oldMap, newMap, { clock, ...secret === undefined ? {} : { secret } });
    await moveTo(users, clock, "live", 30);
    for (const key of keys) oldMap.set(key, "old"), newMap.set(key, "new");
    return keys.filter((key) => users.get(key) === "new");
  }

  it("makes the instances that share it choose the same keys for the new map, and others other ones", async () => {
    const secret = "shared by the fleet";
    const chosen = await answeredByNew(secret);
    assert(Math.abs(chosen.length - 600) < 120, `${chosen.length} of 2,000`);
    assertEquals(await answeredByNew(secret), chosen);
    for (const other of ["shared by another", undefined]) {
      const others = new Set(await answeredByNew(other));
      const shared = chosen.filter((key) => others.has(key)).length;
      assert(Math.abs(shared - 0.3 * chosen.length) < 70, `${shared} of ${chosen.length} are the same`);
    }
  });
});

/** How many branches lead to the deepest list, and how long the longest one is. */
function shapeOf({ slots }: HashTrieStructure): { depth: number; longestList: number } {
  const under = slots.flatMap((slot) => slot === undefined || !("slots" in slot) ? [] : [shapeOf(slot)]);
  const lists = slots.map((slot) => slot === undefined || "slots" in slot ? 0 : slot.length);
  return {
    depth: 1 + Math.max(0, ...under.map(({ depth }) => depth)),
    longestList: Math.max(...lists, ...under.map(({ longestList }) => longestList)),
  };
}
