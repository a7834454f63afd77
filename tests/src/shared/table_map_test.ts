/** What holds for every map over a table: in shared memory or not, through one object or through two. */
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CapacityError, SharedMap, type TableMap, type TableOptions } from "@twinmap/twinmap/shared";
import { WasmMap } from "@twinmap/twinmap/wasm";
import fc from "fast-check";
import { steps } from "../../../testing/conformance/operations.ts";

type Key = string | number;

/** A map, and all the objects through which it is used. */
interface Views {
  readonly name: string;
  views<V>(options: TableOptions<V>): [TableMap<Key, V>, ...TableMap<Key, V>[]];
}

const MAPS: readonly Views[] = [
  { name: "A WasmMap", views: <V>(options: TableOptions<V>) => [new WasmMap<Key, V>(options)] },
  {
    name: "A SharedMap that is used through two objects",
    views: <V>(options: TableOptions<V>) => {
      const map = SharedMap.create<Key, V>(options);
      return [map, SharedMap.attach<Key, V>(map.handle, { codec: options.codec })];
    },
  },
];

/** How many characters fill a block, or two, or three, alone or behind a number, and one more or less. */
const lengths = fc.oneof(
  fc.constantFrom(...[0, 1, 16, 17, 20, 32, 40, 50, 80, 92, 100, 128, 152, 160].flatMap((at) => [at - 1, at, at + 1])),
  fc.nat(400),
).map((length) => Math.max(0, length));

const texts = fc.tuple(lengths, fc.constantFrom("a", "b", "\0", "ÿ", "Ā", "\ud800")).map(([length, last]) =>
  "x".repeat(Math.max(0, length - 1)) + last.slice(0, length)
);

const numbers = fc.constantFrom(0, -0, 1, -1, 2 ** 31, 2 ** 53 - 1, 1 - 2 ** 53);

const keys: fc.Arbitrary<Key> = fc.oneof(
  numbers,
  fc.nat(40),
  numbers.map(String),
  fc.nat(40).map((length) => "x".repeat(length)),
  texts,
);

const values = fc.oneof(numbers, fc.constantFrom(NaN, 0.1, -Infinity), fc.constantFrom(undefined, null, true), texts);

const bytes = lengths.map((length) => Uint8Array.from({ length }, (_, at) => at * 37));

for (const { name, views } of MAPS) {
  describe(name, () => {
    it("answers as a Map does, with any keys and values, whoever wrote them", () => {
      const step = fc.tuple(steps(keys, values), fc.nat(), fc.nat(60));
      fc.assert(
        fc.property(fc.array(step, { maxLength: 120 }), (all) => {
          const maps = views<unknown>({ maxBytes: 2 ** 18 });
          const model = new Map<Key, unknown>();
          for (const [{ operation, ...given }, by, fillers] of all) {
            const map = maps[by % maps.length] as TableMap<Key, unknown>;
            assertEquals(operation.onMap(map, given), operation.onModel(model, given), operation.name);
            assertEquals(maps.map((map) => map.get(given.key)), maps.map(() => model.get(given.key)));
            for (let filler = 0; filler < fillers; filler++) {
              map.set(`filler ${filler}`, filler);
              model.set(`filler ${filler}`, filler);
            }
          }
          for (const map of maps) {
            assertEquals([map.size, new Map(map)], [model.size, model]);
            for (const [key, value] of model) assertEquals([map.has(key), map.get(key)], [true, value]);
          }
        }),
        { numRuns: 60 },
      );
    });

    it("returns bytes of any length as they were, as a copy", () => {
      fc.assert(
        fc.property(keys, bytes, bytes, (key, before, after) => {
          const [map, ...others] = views<Uint8Array>({ maxBytes: 2 ** 16 });
          map.set(key, before);
          assertEquals(map.getAndSet(key, after), before);
          for (const view of [map, ...others]) assertEquals([...view], [[key === 0 ? 0 : key, after]]);
          assertEquals(map.compareAndSet(key, after.slice(), before), true);
          assertEquals(map.compareAndDelete(key, after), before.length === after.length);
          map.set(key, after);
          map.get(key)?.fill(1);
          assertEquals(map.get(key), after);
        }),
        { numRuns: 30 },
      );
    });

    it("keeps keys apart that look alike", () => {
      const [map] = views<string>({ maxBytes: 2 ** 16 });
      const alike = [
        1,
        "1",
        -1,
        "-1",
        0,
        "0",
        "",
        " ",
        2 ** 53 - 1,
        `${2 ** 53 - 1}`,
        "a",
        "a\0",
        "\0a",
        "ā",
        "a\u0304",
      ];
      for (const key of alike) assertEquals([map.has(key), map.set(key, `${typeof key} ${key}`)], [false, map]);
      for (const key of alike) assertEquals(map.get(key), `${typeof key} ${key}`);
      assertEquals(map.size, alike.length);
    });

    it("treats 0 and -0 as one key, which is 0, and keeps them apart as values", () => {
      const [map] = views<unknown>({ maxBytes: 2 ** 16 });
      map.set(-0, -0);
      assertStrictEquals([...map.keys()][0], 0);
      assertStrictEquals(map.get(0), -0);
      assertStrictEquals(map.get(-0), -0);
      assertEquals([map.compareAndSet(0, 0, "set"), map.delete(-0), map.size], [true, true, 0]);
    });

    it("grows with all its keys, and shrinks to none", () => {
      const maps = views<number>({ maxBytes: 2 ** 22 });
      const keyOf = (at: number) => at % 3 === 0 ? at : "k".repeat(at % 50) + at;
      for (let at = 0; at < 9_000; at++) maps[at % maps.length]?.set(keyOf(at), at);
      for (const map of maps) {
        for (let at = 0; at < 9_000; at++) assertEquals(map.get(keyOf(at)), at);
        assertEquals([map.size, new Set(map.values()).size], [9_000, 9_000]);
      }
      for (let at = 0; at < 9_000; at++) assertEquals(maps[at % maps.length]?.delete(keyOf(at)), true);
      for (const map of maps) assertEquals([map.size, [...map]], [0, []]);
    });

    it("can be read, emptied and filled again any number of times while it is full", () => {
      const maps = views<string>({ maxBytes: 2 ** 16 });
      const long = "k".repeat(500);
      const there = [long];
      for (const map of maps) map.set(long, "v");
      let count = 0;
      for (let round = 0; round < 150; round++) {
        const map = maps[round % maps.length] as TableMap<Key, string>;
        assertThrows(() => {
          for (;;) {
            map.set(`key ${count}`, "v");
            there.push(`key ${count++}`);
          }
        }, CapacityError);
        for (const view of maps) assertEquals([view.has(`key ${count}`), view.has(there[0] as string)], [false, true]);
        for (const view of maps) assertEquals([view.get(long), view.get(`${long}?`)], ["v", undefined]);
        const gone = there.splice(1 + round * 7919 % (there.length - 4), 3);
        for (const key of gone) assertEquals(map.delete(key), true);
        if (round % 20 === 0) { for (const view of maps) assertEquals(new Set(view.keys()), new Set(there)); }
      }
    });

    it("has lost no memory after any operation that was refused or threw", () => {
      const codec = {
        encode: (): string => {
          throw new RangeError("refused");
        },
        decode: (code: string | Uint8Array) => code,
      };
      const [map] = views<unknown>({ maxBytes: 2 ** 16, codec });
      const fill = () => {
        map.clear();
        let count = 0;
        assertThrows(() => {
          for (;; count++) map.set(count, "v".repeat(150));
        }, CapacityError);
        return count;
      };
      const thrown = () => {
        throw new RangeError("refused");
      };
      const refuse = () => {
        for (const key of [0, "a key that is not there", "long".repeat(20)]) {
          assertThrows(() => map.set(key, {}), RangeError, "refused");
          assertThrows(() => map.set(key, "v".repeat(9_000)), CapacityError);
          assertThrows(() => map.getAndSet(key, "v".repeat(9_000)), CapacityError);
          assertThrows(() => map.update(key, thrown), RangeError, "refused");
          assertThrows(() => map.update(key, () => "v".repeat(9_000)), CapacityError);
          if (key !== 0) assertThrows(() => map.getOrInsertComputed(key, thrown), RangeError, "refused");
        }
        assertEquals(map.get("k".repeat(100_000)), undefined);
      };
      fill();
      refuse();
      const count = fill();
      for (let round = 0; round < 200; round++) refuse();
      assertEquals([map.size, map.get(0)], [count, "v".repeat(150)]);
      assertEquals(fill(), count);
    });

    it("takes any number of bytes in its range, and keeps within it", () => {
      for (const maxBytes of [2 ** 16, 2 ** 16 + 1, 2 ** 17 - 1, 3 * 2 ** 16, 2 ** 20 + 12_345]) {
        const [map] = views<number>({ maxBytes });
        let count = 0;
        assertThrows(() => {
          for (;; count++) map.set(count, count);
        }, CapacityError);
        const { maxEntries = 0 } = map.traits;
        assert(64 * maxEntries < maxBytes, `${maxEntries} entries in ${maxBytes} bytes`);
        assert(count <= maxEntries && count > 0.9 * maxEntries - 32, `${count} of ${maxEntries} fit`);
        for (let key = 0; key < count; key++) assertEquals(map.get(key), key);
        assertEquals(map.size, count);
      }
    });

    it("yields what is there throughout exactly once while it is written to", () => {
      const [map, other = map] = views<number>({ maxBytes: 2 ** 22 });
      for (let key = 0; key < 300; key++) map.set(`steady ${key}`, key);
      const seen: Key[] = [];
      for (const [key] of map) {
        seen.push(key);
        if (seen.length > 8_000) continue;
        const at = seen.length;
        other.set(at, at);
        other.set(`steady ${at % 300}`, -at);
        if (at % 2 === 0) other.delete(at >> 1);
      }
      assertEquals(new Set(seen).size, seen.length);
      assertEquals(seen.filter((key) => typeof key === "string").length, 300);
      const cleared = map.entries();
      cleared.next();
      other.clear();
      assert([...cleared].length < 20, "what was cleared is not yielded");
    });
  });
}
