/** Keys with the same hash were in one list of a `HashTrieMap`, so that each operation looked at all of them. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { HashTrieMap, type HashTrieStructure } from "@twinmap/twinmap";

/** The longest way to an entry: branches, then entries of a list. */
function longestWay({ slots }: HashTrieStructure): number {
  const ways = slots.map((slot) => slot === undefined ? 0 : "slots" in slot ? longestWay(slot) : slot.length);
  return 1 + Math.max(...ways);
}

describe("HashTrieMap, with a hash that is the same for all keys", () => {
  it("goes a short way to each of 20,000 keys, whatever their type, and to none when they are deleted", () => {
    const keys = Array.from({ length: 20_000 }, (_, at) => [at, `key ${at}`, { at }, BigInt(at)][at % 4]);
    const map = new HashTrieMap<unknown, number>({ hash: () => 7 });
    keys.forEach((key, at) => map.set(key, at));
    assert(longestWay(map.structure) < 24, `${longestWay(map.structure)} steps`);
    assertEquals([map.size, keys.every((key, at) => map.get(key) === at)], [20_000, true]);
    const before = map.snapshot();
    assertEquals(keys.every((key) => map.delete(key)), true);
    assertEquals([map.size, longestWay(map.structure), new Map(before).size], [0, 1, 20_000]);
  });
});
