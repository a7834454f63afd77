import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { HashTrieMap, type HashTrieStructure } from "@twinmap/twinmap";
import fc from "fast-check";
import { checkTrie } from "../../conformance/hash_trie_structure.ts";
import { type Step, steps } from "../../../testing/conformance/operations.ts";

/** Hashes of the keys 0 to 99: all different, many that differ late, few, and one. */
const hashes: Record<string, (key: number) => number> = {
  "of its own": (key) => Math.imul(key, 0x9e3779b1),
  "that is the key": (key) => key,
  "of 4 low bits": (key) => key & 15,
  "of 4 high bits": (key) => key << 28,
  "of 6 middle bits": (key) => (key & 63) << 13,
  "that is constant": () => -1,
};
const hash = fc.constantFrom(...Object.values(hashes));

type Given = Step<number, number>;
const someSteps = fc.array(steps(fc.nat(99), fc.nat(3)), { maxLength: 120, size: "max" });

function apply(map: HashTrieMap<number, number>, model: Map<number, number>, step: Given): void {
  step.operation.onMap(map, step);
  step.operation.onModel(model, step);
}

/** A map of whole numbers that are their own hashes. */
function mapOf(...keys: number[]): HashTrieMap<number, string> {
  const map = new HashTrieMap<number, string>({ hash: (key) => key });
  for (const key of keys) map.set(key, "old");
  return map;
}

/**
 * A structure as nested objects that name only the slots in use, each list in order. What is below the eighth level,
 * where a secret hash decides, is shown as a list.
 */
function outline({ slots }: HashTrieStructure, level = 0): unknown {
  if (level === 8) return listed({ slots });
  const used = slots.flatMap((slot, at) => slot === undefined ? [] : [[at, slot] as const]);
  return Object.fromEntries(
    used.map(([at, slot]) => [at, "slots" in slot ? outline(slot, level + 1) : [...slot].sort()]),
  );
}

/** All hashes in a structure. */
function listed({ slots }: HashTrieStructure): number[] {
  return slots.flatMap((slot) => slot === undefined ? [] : "slots" in slot ? listed(slot) : slot).sort();
}

describe("HashTrieMap", () => {
  it("refuses a hash that is not a function", () => {
    const hash = 1 as unknown as () => number;
    assertThrows(
      () => new HashTrieMap({ hash }),
      TypeError,
      "Cannot create HashTrieMap: hash must be a function: received 1",
    );
  });

  it("accepts any whole number as a hash, whatever its sign and size", () => {
    const map = new HashTrieMap<number, number>({ hash: (key) => -key * 2 ** 31 - key });
    for (let key = 0; key < 100; key++) map.set(key, key);
    for (let key = 0; key < 100; key++) assertEquals(map.get(key), key);
    checkTrie(map as HashTrieMap<unknown, unknown>);
  });

  it("holds ten thousand keys of each type, and nothing once they are deleted", () => {
    const keyAt = [(at: number) => at, (at: number) => `user:${at}`, (at: number) => ({ at }), (at: number) => at / 7];
    const map = new HashTrieMap<unknown, number>();
    const keys = keyAt.flatMap((of) => Array.from({ length: 10_000 }, (_, at) => of(at)));
    const entries = new Map(keys.map((key, at) => [key, at]));
    entries.forEach((at, key) => map.set(key, at));
    assertEquals(map.size, entries.size);
    assertEquals(keys.every((key) => map.get(key) === entries.get(key)), true);
    checkTrie(map);
    assertEquals(keys.filter((key) => map.delete(key)).length, entries.size);
    assertEquals([outline(map.structure), map.size], [{}, 0]);
  });
});

describe("HashTrieMap.snapshot()", () => {
  it("holds the entries as of its moment, for any number of snapshots at different moments", () => {
    fc.assert(fc.property(hash, fc.array(someSteps, { maxLength: 8 }), (hash, phases) => {
      const map = new HashTrieMap<number, number>({ hash });
      const model = new Map<number, number>();
      const taken: { entries: Iterable<[number, number]>; expected: Map<number, number> }[] = [];
      for (const phase of phases) {
        for (const step of phase) apply(map, model, step);
        taken.push({ entries: map.snapshot(), expected: new Map(model) });
        for (const { entries, expected } of taken) assertEquals(new Map(entries), expected);
        checkTrie(map as HashTrieMap<unknown, unknown>);
        assertEquals(new Map(map), model);
      }
    }));
  });

  it("holds the entries as of its moment, after each single write", () => {
    fc.assert(fc.property(hash, someSteps, someSteps, (hash, before, after) => {
      const map = new HashTrieMap<number, number>({ hash });
      const model = new Map<number, number>();
      for (const step of before) apply(map, model, step);
      for (const step of after) {
        const expected = new Map(model);
        const snapshot = map.snapshot();
        apply(map, model, step);
        assertEquals(new Map(snapshot), expected);
      }
    }));
  });

  it("does not change what an iteration under way has yet to visit", () => {
    fc.assert(fc.property(hash, someSteps, fc.array(someSteps, { maxLength: 5 }), (hash, before, phases) => {
      const map = new HashTrieMap<number, number>({ hash });
      const model = new Map<number, number>();
      for (const step of before) apply(map, model, step);
      const iterations = phases.map((phase) => {
        const iterator = map.entries();
        const expected = new Map(model);
        const first = iterator.next();
        for (const step of phase) apply(map, model, step);
        return { visited: [...first.done ? [] : [first.value], ...iterator], expected };
      });
      for (const { visited, expected } of iterations) {
        assertEquals(new Map(visited), expected);
        assertEquals(visited.length, expected.size);
      }
    }));
  });

  it("can be iterated again and again, by several at once", () => {
    const map = mapOf(1, 2, 3);
    const snapshot = map.snapshot();
    map.clear();
    const pairs = [...snapshot];
    assertEquals(pairs.length, 3);
    const [one, other] = [snapshot[Symbol.iterator](), snapshot[Symbol.iterator]()];
    for (const pair of pairs) assertEquals([one.next().value, other.next().value], [pair, pair]);
  });
});

describe("HashTrieMap.copies", () => {
  it("stays 0 whatever is written, as long as nobody takes a snapshot", () => {
    fc.assert(fc.property(hash, someSteps, (hash, given) => {
      const map = new HashTrieMap<number, number>({ hash });
      for (const step of given) step.operation.onMap(map, step);
      assertEquals(map.copies, 0);
    }));
  });

  it("counts the entry that is written and the branches above it, once after each snapshot", () => {
    const map = mapOf(0x00, 0x10, 0x20, 0x30, 0x40);
    map.snapshot();
    assertEquals(map.copies, 0);
    map.set(0x10, "new");
    assertEquals(map.copies, 3);
    map.set(0x10, "newer").set(0x20, "new");
    assertEquals(map.copies, 4);
    map.set(0x50, "new").set(0x60, "new").set(0x60, "newer").delete(0x30);
    assertEquals(map.copies, 4);
    map.snapshot();
    map.delete(0x10);
    assertEquals(map.copies, 6);
  });

  it("counts the entries before a deleted one in its list", () => {
    const map = mapOf(0x00, 0x10, 0x20);
    map.snapshot();
    map.delete(0x00);
    assertEquals(map.copies, 3);
    map.set(0x10, "new").set(0x20, "new");
    assertEquals(map.copies, 3);
  });

  it("does not count operations that change nothing", () => {
    const map = mapOf(1, 2, 3);
    map.snapshot();
    map.get(1);
    map.has(9);
    map.delete(9);
    map.getAndDelete(9);
    map.getOrInsert(1, "new");
    map.getOrInsertComputed(2, () => "new");
    map.compareAndSet(1, "other", "new");
    map.compareAndDelete(1, "other");
    map.update(9, () => undefined);
    assertEquals(map.copies, 0);
  });
});

describe("HashTrieMap.structure", () => {
  it("has a list of up to four entries, and a branch for more", () => {
    const map = mapOf(0x01, 0x11, 0x21, 0x31);
    assertEquals(outline(map.structure), { 1: [0x01, 0x11, 0x21, 0x31] });
    map.set(0x41, "new");
    assertEquals(outline(map.structure), { 1: { 0: [0x01], 1: [0x11], 2: [0x21], 3: [0x31], 4: [0x41] } });
    map.delete(0x21);
    assertEquals(outline(map.structure), { 1: [0x01, 0x11, 0x31, 0x41].sort() });
  });

  it("branches by a second hash below the eighth level if keys have the same hash", () => {
    const map = new HashTrieMap<number, number>({ hash: (key) => key === 1_000 ? 0x107 : 0x007 });
    const list = Array.from({ length: 1_000 }, () => 0x007);
    const below = { 0: { 0: { 0: { 0: { 0: { 0: list } } } } } };
    for (let key = 0; key < 1_000; key++) map.set(key, key);
    assertEquals(outline(map.structure), { 7: { 0: below } });
    checkTrie(map as HashTrieMap<unknown, unknown>);
    map.set(1_000, 0);
    assertEquals(outline(map.structure), { 7: { 0: { ...below, 1: [0x107] } } });
    map.delete(1_000);
    assertEquals(outline(map.structure), { 7: { 0: below } });
    for (let key = 0; key < 1_000; key++) assertEquals(map.getAndDelete(key), key);
    assertEquals(outline(map.structure), {});
  });

  it("uses one slot in each branch that separates nothing", () => {
    const keys = [1, 2, 3, 4, 5].map((key) => key << 28);
    const map = mapOf(...keys);
    const last = Object.fromEntries(keys.map((key, at) => [at + 1, [key]]));
    assertEquals(outline(map.structure), { 0: { 0: { 0: { 0: { 0: { 0: { 0: last } } } } } } });
    map.delete(keys[0] as number);
    assertEquals(outline(map.structure), { 0: keys.slice(1).sort() });
  });

  it("depends on the present entries alone, not on earlier ones", () => {
    fc.assert(fc.property(hash, fc.array(someSteps, { maxLength: 4 }), (hash, phases) => {
      const map = new HashTrieMap<number, number>({ hash });
      for (const phase of phases) {
        for (const step of phase) step.operation.onMap(map, step);
        map.snapshot();
      }
      const anew = new HashTrieMap<number, number>({ hash });
      for (const [key, value] of map) anew.set(key, value);
      assertEquals(outline(map.structure), outline(anew.structure));
    }));
  });
});
