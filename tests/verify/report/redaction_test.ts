import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import fc from "fast-check";
import { ABSENT, differences } from "../../../src/equality/deep_equal.ts";
import type { PathSegment } from "../../../src/equality/path.ts";
import { Redactor } from "../../../verify/report/redaction.ts";

const LONGEST = 201;
const SECRET = "zqSecret";

const open = new Redactor({ reveal: true });
const closed = new Redactor({ reveal: false });

/** Any value, with the secret in every place that one can be in. */
const anything = fc.anything({
  key: fc.constantFrom(SECRET, `${SECRET} 2`, "constructor", "length", "name", "__proto__"),
  values: [
    fc.constantFrom<unknown>(SECRET, Symbol(SECRET), 9_182_736_455, -9_182_736_455n, NaN, -0, new Error(SECRET)),
    fc.date({ noInvalidDate: false }),
    fc.double(),
    fc.constant(new RegExp(SECRET)),
  ],
  withBoxedValues: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
});

/** An object that counts each time code of its owner is run. */
function trapped(): { object: object; runs: () => number } {
  let runs = 0;
  const run = () => {
    runs++;
    throw new Error("run");
  };
  class Owned extends Map {}
  for (const target of [Owned.prototype, Owned]) {
    for (
      const name of ["size", "toJSON", "toString", "valueOf", "entries", "name", Symbol.iterator, Symbol.toStringTag]
    ) {
      Object.defineProperty(target, name, { get: run, configurable: true });
    }
  }
  const own = {
    get a() {
      return run();
    },
  };
  for (const name of ["constructor", "toJSON", "toString", "message", Symbol.toPrimitive]) {
    Object.defineProperty(own, name, { get: run, enumerable: true });
  }
  const handler = new Proxy({}, { get: run });
  const proxy = new Proxy({}, handler);
  const made = Object.create({ constructor: new Proxy(class {}, handler) });
  const array = [made, new Owned().set(1, own), own, proxy, Object.create(proxy), [proxy]];
  return { object: array, runs: () => runs };
}

describe("Redactor", () => {
  it("shows any value as a bounded text, and never throws", () => {
    fc.assert(fc.property(anything, (value) => {
      assert(open.value(value).length <= LONGEST);
      assert(open.key(value).length <= LONGEST);
      assert(closed.value(value).length <= LONGEST);
      assertMatch(closed.key(value), /^[0-9a-f]{12}$/);
    }));
  });

  it("reveals nothing of a key or a value without reveal", () => {
    const isShown = (text: string) => text.includes(SECRET) || text.includes("91827364");
    fc.assert(fc.property(anything, anything, (value, other) => {
      assertEquals([closed.value(value), closed.key(value)].filter(isShown), []);
      for (const { path } of differences(value, other)) assert(!isShown(closed.path(path)), closed.path(path));
    }));
    const path: PathSegment[] = [
      { kind: "property", key: SECRET },
      { kind: "key", key: SECRET },
      { kind: "member", key: [SECRET] },
      { kind: "index", key: 3 },
    ];
    assertMatch(closed.path(path), /^\[[0-9a-f]{12}\]\{[0-9a-f]{12}\}\{[0-9a-f]{12}\}\[3\]$/);
  });

  it("always gives a key the same digest, and other keys other ones", () => {
    const object = {};
    const keys = [
      1,
      "1",
      1n,
      true,
      "true",
      null,
      "null",
      undefined,
      "undefined",
      NaN,
      object,
      {},
      "a",
      Symbol("a"),
      -1n,
    ];
    const digests = keys.map((key) => closed.key(key));
    assertEquals(new Set(digests).size, keys.length);
    assertEquals(keys.map((key) => closed.key(key)), digests);
    assertEquals(closed.key(-0), closed.key(0));
    assertNotEquals(closed.key("a".repeat(5_000)), closed.key("a".repeat(5_001)));
  });

  it("gives different digests to long keys that differ in one place", () => {
    const long = "a".repeat(65_536);
    const keys = [long, `b${long.slice(1)}`, `${long.slice(0, 30_000)}b${long.slice(30_001)}`, `${long.slice(1)}b`];
    const longer = [`${long}${long}`, `${long}${long}a`, `b${long}${long}`, `${long}${long}b`, `${keys[2]}${long}`];
    const numbers = [
      2n ** 60_000n,
      2n ** 60_000n + 2n ** 30_000n,
      2n ** 60_000n + 1n,
      -(2n ** 60_000n),
      -1n,
      2n ** 65_536n - 1n,
    ];
    const symbols = keys.map((key) => Symbol(key));
    const all = [...keys, ...longer, ...numbers, ...symbols];
    assertEquals(new Set(all.map((key) => closed.key(key))).size, all.length);
    assertNotEquals(closed.key("\ud800"), closed.key("\ud801"));

    const hotKeys = { top: () => keys.map((key) => ({ key, count: 1, error: 0 })) };
    const reported = twin(new Map(), new Map(), { hotKeys }).report().hotKeys ?? [];
    assertEquals(new Set(reported.map(({ key }) => key)).size, keys.length);
  });

  it("gives a key another digest in another twin, so that nobody can look one up", () => {
    assertNotEquals(new Redactor({ reveal: false }).key("a"), closed.key("a"));
  });

  it("shows the type and size of a value", () => {
    class User {
      name = "Ada";
    }
    const said: [unknown, string][] = [
      ["abc", "string(3)"],
      [1, "number"],
      [1n, "bigint"],
      [null, "null"],
      [undefined, "undefined"],
      [() => 1, "function"],
      [{ a: 1, b: 2 }, "Object(2 keys)"],
      [Object.create(null), "null-prototype(0 keys)"],
      [new User(), "User(1 keys)"],
      [{ constructor: { name: "no" } }, "Object(1 keys)"],
      [[1, 2], "Array(2)"],
      [new Map([[1, 2]]), "Map(1)"],
      [new Set(), "Set(0)"],
      [new Uint16Array(2), "Uint16Array(4 bytes)"],
      [new ArrayBuffer(3), "ArrayBuffer(3 bytes)"],
      [new Date(), "Date"],
      [new RangeError("no"), "RangeError"],
      [new Proxy({}, {}), "Proxy"],
      [ABSENT, "absent"],
    ];
    for (const [value, text] of said) assertEquals(closed.value(value), text);
  });

  it("shows a revealed value so that it can be told from others", () => {
    class User {
      name = "Ada";
    }
    const shown: [unknown, string][] = [
      ["1", '"1"'],
      [1, "1"],
      [1n, "1n"],
      [0, "0"],
      [-0, "-0"],
      [NaN, "NaN"],
      [null, "null"],
      [undefined, "undefined"],
      ["undefined", '"undefined"'],
      [Symbol("a"), "Symbol(a)"],
      ["Symbol(a)", '"Symbol(a)"'],
      [ABSENT, "absent"],
      [function f() {}, "function f"],
      [{ a: 1, "b c": [undefined, "x"], [Symbol("s")]: -0 }, '{a: 1, "b c": [undefined, "x"], [Symbol(s)]: -0}'],
      [new User(), 'User {name: "Ada"}'],
      [Object.create(null), "null-prototype {}"],
      // deno-lint-ignore no-sparse-arrays
      [[, 1], "[nothing, 1]"],
      [new Map<unknown, unknown>([["1", { a: 1 }], [1, 2]]), 'Map {"1" => {a: 1}, 1 => 2}'],
      [new Set([1, "1"]), 'Set {1, "1"}'],
      [new Uint16Array([1, 500]), "Uint16Array [1, 500]"],
      [new Uint8Array([1, 2]).buffer, "ArrayBuffer [1, 2]"],
      [new Date(0), "Date 1970-01-01T00:00:00.000Z"],
      [new Date(NaN), "Date invalid"],
      [new RangeError("far"), 'RangeError "far"'],
      [new URL("http://a.test/"), 'URL "http://a.test/"'],
      [Object(1), "Number 1"],
      [{
        get a() {
          return 1;
        },
      }, "{a: getter}"],
      [new Proxy([], {}), "Proxy"],
    ];
    for (const [value, text] of shown) assertEquals(open.value(value), text);
    assertNotEquals(open.value(/a/g), open.value(/a/i));
    assertEquals(
      open.path([{ kind: "property", key: "a" }, { kind: "property", key: "b c" }, { kind: "key", key: 1 }]),
      '.a["b c"]{1}',
    );
  });

  it("runs no code of the value's owner", () => {
    const { object, runs } = trapped();
    for (const redactor of [open, closed]) {
      for (const value of [object, ...(object as unknown[])]) {
        redactor.value(value);
        redactor.key(value);
        redactor.path([{ kind: "key", key: value }]);
      }
    }
    assertEquals(runs(), 0);
  });

  it("handles long, deep, cyclic and detached values", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle, { cycle });
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = { deep };
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    const detached = new ArrayBuffer(8);
    const view = new Uint8Array(detached);
    structuredClone(detached, { transfer: [detached] });
    const large = [
      "x".repeat(2 ** 24),
      2n ** 1_000_000n,
      -(2n ** 1_000_000n),
      Symbol("x".repeat(2 ** 20)),
      new Array(2 ** 32 - 1),
      new Uint8Array(2 ** 24),
      new Map(Array.from({ length: 100_000 }, (_, i) => [i, i])),
      new Set(Array.from({ length: 100_000 }, (_, i) => `${i}`)),
      Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i])),
      { ["x".repeat(2 ** 20)]: 1 },
      cycle,
      deep,
      proxy,
      detached,
      view,
      new DataView(new ArrayBuffer(2 ** 20)),
    ];
    for (const value of large) {
      for (const redactor of [open, closed]) {
        assert(redactor.value(value).length <= LONGEST);
        assert(redactor.key(value).length <= LONGEST);
        const path = redactor.path(new Array<PathSegment>(100_000).fill({ kind: "key", key: value }));
        assert(path.length <= 20 * LONGEST);
      }
    }
  });
});
