import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, ForwardingMap, HashTrieMap, NativeMap } from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";

describe("ForwardingMap", () => {
  it("forwards to a Map without copying it", () => {
    const map = new Map([["a", 1]]);
    const forwarding = new ForwardingMap(map);
    map.set("b", 2);
    assertEquals([...forwarding.set("c", 3)], [["a", 1], ["b", 2], ["c", 3]]);
    assertEquals(map.get("c"), 3);
  });

  it("has the traits of the other map, and its snapshots", () => {
    const trie = new HashTrieMap<string, number>();
    const forwarding = new ForwardingMap(trie);
    assertStrictEquals(forwarding.traits, trie.traits);
    const snapshot = forwarding.set("a", 1).snapshot();
    forwarding.clear();
    assertEquals([...snapshot], [["a", 1]]);
  });

  it("forwards each operation directly: overriding one changes no other", () => {
    class Loud extends ForwardingMap<string, string> {
      override get(key: string): string | undefined {
        return super.get(key)?.toUpperCase();
      }
    }
    const map = new Loud(new Map([["a", "b"]]));
    assertEquals([map.get("a"), map.getAndSet("a", "c"), map.get("a")], ["B", "b", "C"]);
  });

  it("passes itself to the callback of forEach, not the other map", () => {
    const map = new ForwardingMap(new Map([["a", 1]]));
    map.forEach((_value, _key, given) => assertStrictEquals(given, map));
    assertStrictEquals(map.set("b", 1), map);
  });

  it("forwards peek and evicted", () => {
    const lru = new ForwardingMap(new LruMap<string, number>({ max: 2 }));
    lru.set("a", 1).set("b", 2);
    assertEquals(lru.peek("a"), 1);
    lru.set("c", 3);
    assertEquals([lru.has("a"), lru.evicted("a"), lru.evicted("b")], [false, true, false]);
    const native = new ForwardingMap(new NativeMap([["a", 1]]));
    assertEquals([native.peek("a"), native.evicted("a")], [1, false]);
  });

  it("refuses what is not a map", () => {
    for (const wrong of [undefined, null, {}, [], 1]) {
      assertThrows(
        () => new ForwardingMap(wrong as unknown as ConcurrentMap<string, number>),
        TypeError,
        "Cannot create ForwardingMap: its map must be a Map or a ConcurrentMap: received",
      );
    }
  });
});
