/** Checks that the stand-in follows the rules of JSR's `@std/assert`; `deno task test:jsr` checks the real one. */
import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotMatch,
  assertNotStrictEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
  unreachable,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";

class Point {
  x: number;
  constructor(x: number) {
    this.x = x;
  }
}

function ring(x: number): object {
  const ring: { x: number; self?: object } = { x };
  ring.self = ring;
  return ring;
}

const equalPairs: [unknown, unknown][] = [
  [NaN, NaN],
  [0, -0],
  [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }],
  [Object.create(null), {}],
  [new Map([["a", 1], ["b", 2]]), new Map([["b", 2], ["a", 1]])],
  [new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }])],
  [new Date(5), new Date(5)],
  [new Date(NaN), new Date(NaN)],
  [/a/g, /a/g],
  [new URL("http://a.test/b"), new URL("http://a.test/b")],
  [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  [new Point(1), new Point(1)],
  [ring(1), ring(1)],
];
const differentPairs: [unknown, unknown][] = [
  [1, "1"],
  [1, 1n],
  [null, undefined],
  [{ a: undefined }, {}],
  [{ a: undefined }, { b: undefined }],
  [[1, 2], [2, 1]],
  [[1], { 0: 1 }],
  [new Map([["a", 1]]), new Map([["a", 2]])],
  [new Map([["a", undefined]]), new Map([["b", undefined]])],
  [new Set([1, 2]), new Set([1, 3])],
  [new Date(5), new Date(6)],
  [/a/g, /a/i],
  [new Uint8Array([1, 2]), new Uint8Array([1, 3])],
  [new Point(1), { x: 1 }],
  [new Point(1), new Point(2)],
  [ring(1), ring(2)],
  [{ [Symbol.iterator]: 1 }, { [Symbol.iterator]: 2 }],
];

function assertFails(assertion: () => void): void {
  const error = assertThrows(assertion, AssertionError);
  assertStrictEquals(error.name, "AssertionError");
}

describe("@std/assert", () => {
  it("takes equal values for equal", () => {
    for (const [a, b] of equalPairs) {
      assertEquals(a, b);
      assertFails(() => assertNotEquals(a, b));
    }
  });

  it("takes different values for different, in either order", () => {
    for (const [a, b] of [...differentPairs, ...differentPairs.map(([a, b]) => [b, a])]) {
      assertNotEquals(a, b);
      assertFails(() => assertEquals(a, b));
    }
  });

  it("distinguishes identity from equality", () => {
    const object = {};
    assertStrictEquals(object, object);
    assertNotStrictEquals<unknown>(object, {});
    assertNotStrictEquals(0, -0);
    assertStrictEquals(NaN, NaN);
    assertFails(() => assertStrictEquals(object, {}));
    assertFails(() => assertStrictEquals(0, -0));
    assertFails(() => assertNotStrictEquals(object, object));
  });

  it("fails for each assertion that doesn't hold, and only then", () => {
    assert(1);
    assertFalse(0);
    assertExists(0);
    assertGreater(2, 1);
    assertGreaterOrEqual(1, 1);
    assertLess(1, 2);
    assertLessOrEqual(1, 1);
    assertAlmostEquals(1, 1.00000001);
    assertAlmostEquals(1, 1.4, 0.5);
    assertStringIncludes("abc", "bc");
    assertMatch("abc", /b/);
    assertNotMatch("abc", /d/);
    assertArrayIncludes([{ a: 1 }, 2], [{ a: 1 }]);
    assertInstanceOf(new Point(1), Point);
    assertObjectMatch({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: 1 } });

    assertFails(() => assert(0));
    assertFails(() => assertFalse(1));
    assertFails(() => assertExists(null));
    assertFails(() => assertGreater(1, 1));
    assertFails(() => assertGreaterOrEqual(NaN, 1));
    assertFails(() => assertLess(1, 1));
    assertFails(() => assertLessOrEqual(2, 1));
    assertFails(() => assertAlmostEquals(1, 1.001));
    assertFails(() => assertStringIncludes("abc", "d"));
    assertFails(() => assertMatch("abc", /d/));
    assertFails(() => assertNotMatch("abc", /b/));
    assertFails(() => assertArrayIncludes<unknown>([1, 2], [3]));
    assertFails(() => assertInstanceOf({}, Point));
    assertFails(() => assertObjectMatch({ a: { b: 1 } }, { a: { b: 2 } }));
    assertFails(() => assertObjectMatch({}, { a: undefined }));
    assertFails(() => fail());
    assertFails(() => unreachable());
  });

  it("says what was asserted, and the caller's message", () => {
    const error = assertThrows(() => assertEquals({ a: 1 }, { a: 2 }, "the totals"), AssertionError);
    assertStringIncludes(error.message, "the totals");
    assertMatch(error.message, /1[^]*2/);
  });
});

describe("assertThrows()", () => {
  const throws = () => {
    throw new RangeError("out of range");
  };

  it("returns what was thrown", () => {
    assertStrictEquals(assertThrows(throws, RangeError, "of range").message, "out of range");
    assertStrictEquals((assertThrows(throws) as Error).name, "RangeError");
  });

  it("fails if nothing, another class, another message or no Error was thrown", () => {
    assertFails(() => assertThrows(() => {}));
    assertFails(() => assertThrows(throws, TypeError));
    assertFails(() => assertThrows(throws, RangeError, "missing"));
    assertFails(() =>
      assertThrows(() => {
        throw "a string";
      }, Error)
    );
  });
});

describe("assertRejects()", () => {
  const rejects = () => Promise.reject(new RangeError("out of range"));

  it("returns the reason", async () => {
    assertStrictEquals((await assertRejects(rejects, RangeError, "of range")).message, "out of range");
  });

  it("fails if the promise is fulfilled, or rejected for another reason, or there is no promise", async () => {
    await assertRejects(() => assertRejects(() => Promise.resolve()), AssertionError);
    await assertRejects(() => assertRejects(rejects, TypeError), AssertionError);
    await assertRejects(() => assertRejects(rejects, RangeError, "missing"), AssertionError);
    await assertRejects(() =>
      assertRejects(() => {
        throw new Error("at once");
      }), AssertionError);
  });
});
