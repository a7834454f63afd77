import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { json } from "@twinmap/twinmap/json";
import { SharedMap } from "@twinmap/twinmap/shared";
import { WasmMap } from "@twinmap/twinmap/wasm";
import fc from "fast-check";
import { runInNewContext } from "node:vm";

class Point {
  x = 1;
}

const cyclic: { self?: unknown } = {};
cyclic.self = [cyclic];

/** What JSON would lose, where it is, and what it is called. */
const LOST: readonly [value: unknown, at: string, what: string][] = [
  [new Set([1]), "", "a Set"],
  [{ tags: ["a", "b", new Set()] }, ".tags[2]", "a Set"],
  [{ a: new Map() }, ".a", "a Map"],
  [{ a: { at: new Date(0) } }, ".a.at", "a Date"],
  [{ a: undefined }, ".a", "undefined"],
  [[1, undefined], "[1]", "undefined"],
  [[1, , 2], "[1]", "missing"],
  [{ a: NaN }, ".a", "NaN"],
  [[Infinity], "[0]", "Infinity"],
  [[-0], "[0]", "-0"],
  [{ a: 1n }, ".a", "a bigint"],
  [{ a: Symbol("s") }, ".a", "a symbol"],
  [{ a: () => {} }, ".a", "a function"],
  [() => {}, "", "a function"],
  [10n, "", "a bigint"],
  [Promise.resolve(1), "", "a Promise"],
  [{ a: [Promise.resolve(1)] }, ".a[0]", "a Promise"],
  [{ "a b": /x/ }, '["a b"]', "a RegExp"],
  [{ a: new Uint8Array(1) }, ".a", "a Uint8Array"],
  [{ a: new Error("no") }, ".a", "an Error"],
  [{ a: Object.create(null) }, ".a", "an object without a prototype"],
  [new Point(), "", "a Point"],
  [{ a: new (class extends Array {})() }, ".a", ""],
  [{ a: new String("s") }, ".a", "a String"],
  [Object.assign([1], { extra: 1 }), ".extra", "a property of an array"],
  [Object.defineProperty({}, "hidden", { value: 1 }), ".hidden", "a hidden property"],
  [{ [Symbol("s")]: 1 }, '["Symbol(s)"]', "a hidden property"],
  [cyclic, ".self[0]", "an object that contains itself"],
  [{ toJSON: () => 1 }, ".toJSON", "a function"],
];

const MAPS = {
  WasmMap: () => new WasmMap<string, unknown>({ maxBytes: 2 ** 16 }),
  SharedMap: () => SharedMap.create<string, unknown>({ maxBytes: 2 ** 16 }),
};

for (const [name, create] of Object.entries(MAPS)) {
  describe(`A ${name} with the default codec`, () => {
    it("refuses what JSON would lose, by name and path, and changes nothing", () => {
      const map = create();
      map.set("a", { n: 1 });
      for (const [value, at, what] of LOST) {
        const message = `Cannot set a value of ${name}: the value${at === "" ? "" : ` at ${at}`} is ${what}`;
        for (
          const use of [
            () => map.set("a", value),
            () => map.set("b", value),
            () => map.getAndSet("a", value),
            () => map.getOrInsert("a", value),
            () => map.getOrInsertComputed("b", () => value),
            () => map.update("a", () => value),
            () => map.compareAndSet("a", { n: 1 }, value),
          ]
        ) assertThrows(use, TypeError, message);
      }
      assertEquals([...map], [["a", { n: 1 }]]);
    });

    it("keeps what JSON keeps, as it is", () => {
      const map = create();
      fc.assert(
        fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
          fc.pre(!hasMinusZero(value));
          map.set("a", value);
          assertEquals(map.get("a"), value);
        }),
        { numRuns: 200 },
      );
      const withOwnPrototype = JSON.parse('{ "__proto__": { "a": 1 } }');
      assertEquals(JSON.stringify(map.set("a", withOwnPrototype).get("a")), JSON.stringify(withOwnPrototype));
    });
  });
}

function hasMinusZero(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return Object.is(value, -0);
  return Object.values(value).some(hasMinusZero);
}

describe("json", () => {
  it("says by itself what it refuses", () => {
    assertThrows(
      () => json.encode({ a: [new Set()] }),
      TypeError,
      "the value at .a[0] is a Set, and JSON would lose it",
    );
  });

  it("takes plain objects and arrays of another realm", () => {
    const value: unknown = runInNewContext("({ a: [1, { b: 'c' }] })");
    assertEquals(json.decode(json.encode(value)), { a: [1, { b: "c" }] });
  });
});
