import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { createContext, runInContext } from "node:vm";
import {
  ABSENT,
  compareWithin,
  differences,
  type DifferingPart,
  isDeepEqual,
} from "../../../src/equality/deep_equal.ts";

/** Values of few kinds and with few contents, so that two of them are often nearly equal. */
const anything = fc.anything({
  key: fc.constantFrom("a", "b", "length"),
  values: [fc.constantFrom<unknown>(0, -0, 1, 1n, NaN, "", "1", true, null, undefined)],
  maxDepth: 3,
  maxKeys: 3,
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withObjectString: true,
  withSparseArray: true,
  withTypedArray: true,
});

/** Two collections of the same kind, of members that are often equal. */
const collections = fc.tuple(fc.array(fc.tuple(anything, anything), { maxLength: 4 }), fc.nat(3), fc.boolean()).map(
  ([entries, moved, isMap]): [unknown, unknown] => {
    const others = structuredClone(entries.slice(moved).concat(entries.slice(0, moved)));
    if (isMap) return [new Map(entries), new Map(others)];
    return [new Set(entries.flat()), new Set(others.map(([member]) => member))];
  },
);

/** Two collections of many objects, some of which are equal, in different orders. */
const manyObjects = fc.tuple(
  fc.array(anything, { minLength: 9, maxLength: 20 }),
  fc.nat(20),
  fc.option(anything),
  fc.boolean(),
).map(([members, moved, replaced, isMap]): [unknown, unknown] => {
  const others = structuredClone(members.slice(moved).concat(members.slice(0, moved)));
  if (replaced !== null) others[0] = replaced;
  const collections = [members, others].map((all) => {
    const boxed = all.map((member) => ({ member }));
    return isMap ? new Map(boxed.map((member, at) => [member, at % 2])) : new Set(boxed);
  });
  return collections as [unknown, unknown];
});

const pair = fc.oneof(fc.tuple(anything, anything), fc.clone(anything, 2), collections, manyObjects);

/** A text that two values share exactly if they are equal: another way to say it, for the kinds of values above. */
function told(value: unknown): string {
  if (typeof value !== "object" || value === null) {
    return Object.is(value, -0) ? "-0" : typeof value === "string" ? JSON.stringify(value) : `${typeof value} ${value}`;
  }
  const content = () => {
    if (value instanceof Map) return [...value].map(([key, held]) => `${told(key)} => ${told(held)}`).sort();
    if (value instanceof Set) return [...value].map(told).sort();
    if (value instanceof Date) return [told(value.getTime())];
    if (value instanceof Number || value instanceof String || value instanceof Boolean) return [told(value.valueOf())];
    return [];
  };
  const properties = Object.entries(value).map(([key, held]) => `${key}: ${told(held)}`).sort();
  const prototype = Object.getPrototypeOf(value)?.constructor.name;
  const length = Array.isArray(value) ? value.length : "";
  return `${prototype}${length}{${content().join()}|${properties.join()}}`;
}

/** What stands at a path, by the rules that the paths follow. */
function at(value: unknown, { path }: DifferingPart): unknown {
  return path.reduce<unknown>((held, { kind, key }) => {
    if (held instanceof Map && kind === "key") return held.has(key) ? held.get(key) : ABSENT;
    if (held instanceof Set) return held.has(key) ? key : ABSENT;
    const owner = held as Record<PropertyKey, unknown>;
    // Of typed arrays, the length is the prototype's.
    return Reflect.has(owner, key as PropertyKey) ? owner[key as PropertyKey] : ABSENT;
  }, value);
}

function cyclic(depth: number): unknown {
  const first: { next?: unknown } = {};
  let last = first;
  for (let i = 1; i < depth; i++) last = last.next = {};
  last.next = first;
  return first;
}

function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = "bottom";
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
}

/** Compares two values, `steps` at a time. `paused` is called at each pause. */
function compareStepwise(a: unknown, b: unknown, steps: number, paused = () => {}): boolean {
  let equal = compareWithin(a, b, steps);
  while (typeof equal === "object") {
    paused();
    equal = equal.goOn(steps);
  }
  return equal;
}

/** An object with the same properties and elements, which counts how often they are read. */
function counted<T extends object>(object: T, reads: { count: number }): T {
  const parts = Object.entries(object).map(([key, value]) => [key, {
    enumerable: true,
    get: () => {
      reads.count++;
      return value;
    },
  }]);
  return Object.defineProperties(Array.isArray(object) ? [] : {}, Object.fromEntries(parts)) as T;
}

class Point {
  x = 1;
}

class Secret {
  readonly #secret: number;

  constructor(secret: number) {
    this.#secret = secret;
  }

  get secret(): number {
    return this.#secret;
  }
}

describe("isDeepEqual()", () => {
  it("is true if and only if a description of both values is the same", () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        assertEquals(isDeepEqual(a, b), told(a) === told(b));
      }),
      { numRuns: 800 },
    );
  });

  it("is symmetric and reflexive", () => {
    fc.assert(fc.property(anything, anything, (a, b) => {
      assertEquals(isDeepEqual(a, b), isDeepEqual(b, a));
      assert(isDeepEqual(a, a));
    }));
  });

  it("tells values apart that only look alike", () => {
    const error = (message: string, options?: ErrorOptions) => new Error(message, options);
    const pairs: [unknown, unknown][] = [
      [0, -0],
      ["1", 1],
      [1n, 1],
      [null, undefined],
      [{}, []],
      [["a".repeat(2_000)], ["a".repeat(1_999) + "b"]],
      [{ a: undefined }, {}],
      [{ a: undefined }, { b: undefined }],
      [new Point(), { x: 1 }],
      [Object.create(null), {}],
      // deno-lint-ignore no-sparse-arrays
      [[, 1], [undefined, 1]],
      [[1], [1, undefined]],
      [new Map([[1, 2]]), new Map([["1", 2]])],
      [new Map([[{ a: 1 }, 1]]), new Map([[{ a: 1 }, 2]])],
      [new Map([[1, 2]]), new Map()],
      [new Set([1]), new Set()],
      [new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { a: 2 }])],
      [new Uint8Array([1]), new Int8Array([1])],
      [new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
      [new Date(0), new Date(1)],
      [/a/g, /a/i],
      [error("a"), error("b")],
      [error("a", { cause: 1 }), error("a", { cause: 2 })],
      [new RangeError("a"), new TypeError("a")],
      [new URL("http://a.test/"), new URL("http://b.test/")],
      [Object(1), Object(2)],
      [{ [Symbol.iterator]: 1 }, {}],
      [() => 1, () => 1],
      [new Secret(1), new Secret(1)],
      [Promise.resolve(), Promise.resolve()],
      [new WeakMap(), new WeakMap()],
    ];
    for (const [at, [a, b]] of pairs.entries()) {
      assert(!isDeepEqual(a, b), `pair ${at}`);
      assert(!isDeepEqual(b, a), `pair ${at}, the other way round`);
      assert(!isDeepEqual({ a: [a] }, { a: [b] }), `pair ${at}, within`);
    }
  });

  it("finds values equal that were built in another order, or are other instances", () => {
    const pairs: [unknown, unknown][] = [
      [{ a: 1, b: 2 }, { b: 2, a: 1 }],
      [new Map([["a", 1], ["b", 2]]), new Map([["b", 2], ["a", 1]])],
      [new Set([{ a: 1 }, { b: 2 }]), new Set([{ b: 2 }, { a: 1 }])],
      [new Point(), new Point()],
      [new Error("a"), new Error("a")],
      [new Uint8Array([0, 1, 2]).subarray(1), new Uint8Array([1, 2])],
      [new DataView(new ArrayBuffer(2)), new DataView(new ArrayBuffer(2))],
      [new Date(NaN), new Date(NaN)],
      [/a/g, /a/g],
      [new URLSearchParams("a=1"), new URLSearchParams("a=1")],
    ];
    for (const [at, [a, b]] of pairs.entries()) assert(isDeepEqual(a, b), `pair ${at}`);
  });

  it("treats a class of one's own in another realm as another class, though it has the same name", () => {
    const source = "new (class Point { constructor() { this.x = 1; } })()";
    const [here, there] = [eval(source), runInContext(source, createContext({}))];
    assertEquals([isDeepEqual(here, there), isDeepEqual(here, eval(source))], [false, false]);
  });

  it("treats the built-in classes of another realm as the same classes", () => {
    const context = createContext({});
    const sources = [
      "({ a: [1, { b: null }] })",
      "({})",
      "[1, , 2]",
      "new Map([[{ a: 1 }, new Set([[1]])]])",
      "new Uint8Array([1, 2])",
      "new Float64Array([1.5])",
      "new ArrayBuffer(2)",
      "new DataView(new ArrayBuffer(2))",
      "new Date(0)",
      "/a/g",
      "new RangeError('far', { cause: [1] })",
      "Object('boxed')",
    ];
    for (const source of sources) {
      const [here, there, other] = [eval(`(${source})`), runInContext(`(${source})`, context), [3]];
      assertEquals([isDeepEqual(here, there), isDeepEqual(there, here)], [true, true], source);
      assertEquals(differences(here, there), [], source);
      assertEquals([isDeepEqual(other, there), isDeepEqual(there, other)], [false, false], source);
    }
    const differ = (a: string, b: string) => !isDeepEqual(eval(`(${a})`), runInContext(`(${b})`, context));
    assert(differ("new Map([[1, 2]])", "new Map([[1, 3]])"));
    assert(differ("new Uint8Array([1])", "new Int8Array([1])"));
    assert(differ("new RangeError('a')", "new TypeError('a')"));
    assert(differ("new (class Map {})()", "new Map()"));
    assert(differ("Promise.resolve()", "Promise.resolve()"));
    assert(
      differ("Object.assign(Object.create({ constructor: Map }), { a: 1 })", "Object.assign(new Map(), { a: 1 })"),
    );
  });

  it("does not assume that two members of a set are equal because they met inside others that are not", () => {
    const [one, two, twoAgain] = [1, 2, 2].map((depth) => ({ in: { depth } }));
    const a = new Set([{ held: one, by: { name: "x" } }, { held: two, by: { name: "y" } }]);
    const b = new Set([{ held: twoAgain, by: { name: "y" } }, { held: twoAgain, by: { name: "x" } }]);
    assert(!isDeepEqual(a, b));
    assert(!isDeepEqual(b, a));
  });

  it("handles cycles: they are equal if nothing tells them apart", () => {
    assert(isDeepEqual(cyclic(1), cyclic(1)));
    assert(isDeepEqual(cyclic(2), cyclic(3)));
    assert(!isDeepEqual(cyclic(2), { next: { next: {} } }));
  });

  it("goes as deep as memory allows", () => {
    const wraps: ((inner: unknown) => unknown)[] = [
      (inner) => ({ inner }),
      (inner) => [inner],
      (inner) => new Map([["inner", inner]]),
      (inner) => new Set([inner]),
      (inner) => new Set([{ inner }, {}]),
    ];
    for (const wrap of wraps) {
      assert(isDeepEqual(nested(10_000, wrap), nested(10_000, wrap)));
      assert(!isDeepEqual(nested(10_000, wrap), nested(10_001, wrap)));
    }
  });

  it("visits only the existing elements of a sparse array", () => {
    const sparse = (last: number) => {
      const array = new Array(2 ** 32 - 1);
      array[2 ** 31] = last;
      return array;
    };
    assert(isDeepEqual(sparse(1), sparse(1)));
    assert(!isDeepEqual(sparse(1), sparse(2)));
  });

  it("passes on what a getter throws", () => {
    const value = {
      get a() {
        throw new Error("mine");
      },
    };
    assertThrows(() => isDeepEqual(value, { a: 1 }), Error, "mine");
  });
});

describe("compareWithin()", () => {
  it("comes to the same result however often it pauses", () => {
    fc.assert(
      fc.property(pair, fc.integer({ min: 1, max: 50 }), ([a, b], steps) => {
        assertEquals(compareStepwise(a, b, steps), isDeepEqual(a, b));
      }),
      { numRuns: 1_000 },
    );
  });

  it("reads no more properties, elements and members between two pauses than there are steps", () => {
    const numbers = Array.from({ length: 3_000 }, (_, at) => at);
    const makers: ((reads: { count: number }) => unknown)[] = [
      (reads) => counted(numbers, reads),
      (reads) => counted(Object.fromEntries(numbers.map((at) => [`key ${at}`, at])), reads),
      (reads) => numbers.map((at) => counted({ at }, reads)),
      (reads) => new Map(numbers.map((at) => [at, counted({ at }, reads)])),
      (reads) => new Set(numbers.map((at) => counted({ at }, reads))),
      (reads) => new Map(numbers.map((at) => [counted({ at }, reads), at])),
      (reads) => new Set(numbers.toReversed().map((at) => counted({ at }, reads))),
      (reads) => new Set([0, 1].map((half) => new Set(numbers.map((at) => counted({ at, half }, reads))))),
    ];
    for (const [index, make] of makers.entries()) {
      const reads = { count: 0 };
      let most = 0;
      let pauses = 0;
      const [a, b] = [make({ count: 0 }), make(reads)];
      const paused = () => {
        most = Math.max(most, reads.count);
        reads.count = 0;
        pauses++;
      };
      assert(compareStepwise(a, b, 200, paused), `value ${index}`);
      assert(most <= 200 && pauses > 10, `value ${index}: ${most} reads at most in ${pauses} pauses`);
    }
  });

  it("pauses while it compares bytes, long strings and primitive members", () => {
    const values: (() => unknown)[] = [
      () => new Uint8Array(100_000),
      () => new Float64Array(10_000).buffer,
      () => Array.from({ length: 100 }, (_, at) => `${at}`.repeat(10_000)),
      () => new Set(Array.from({ length: 3_000 }, (_, at) => at)),
      () => new Map(Array.from({ length: 3_000 }, (_, at) => [at, at])),
    ];
    for (const [index, make] of values.entries()) {
      let pauses = 0;
      assert(compareStepwise(make(), make(), 100, () => pauses++), `value ${index}`);
      assert(pauses > 10, `value ${index}: ${pauses} pauses`);
    }
  });

  it("takes steps in proportion to the number of objects in a set or map, in whatever order they come", () => {
    const steps = (count: number, make: (members: object[]) => object) => {
      const members = Array.from({ length: count }, (_, at) => ({ at, name: `name ${at % 10}` }));
      let pauses = 0;
      assert(compareStepwise(make(members), make(structuredClone(members).reverse()), 100, () => pauses++));
      return pauses;
    };
    for (const make of [(all: object[]) => new Set(all), (all: object[]) => new Map(all.map((key) => [key, key]))]) {
      assert(steps(4_000, make) < 5 * steps(1_000, make));
    }
  });

  it("never ends with a value that never ends, and can be given up", () => {
    const endless = (): object => ({
      get next() {
        return endless();
      },
    });
    let comparison = compareWithin(endless(), endless(), 1_000);
    for (let i = 0; i < 10; i++) {
      assert(typeof comparison === "object");
      comparison = comparison.goOn(1_000);
    }
  });
});

describe("differences()", () => {
  it("finds none if and only if the values are equal", () => {
    fc.assert(fc.property(pair, ([a, b]) => {
      assertEquals(differences(a, b).length === 0, isDeepEqual(a, b));
    }));
  });

  it("says where the values differ, and what each has there", () => {
    fc.assert(fc.property(anything, anything, (a, b) => {
      for (const difference of differences(a, b, 100)) {
        const places = [at(a, difference), at(b, difference)];
        assert(!isDeepEqual(...places as [unknown, unknown]));
        assert(Object.is(difference.old, places[0]) && Object.is(difference.new, places[1]));
      }
    }));
  });

  it("finds the nearest to the top first, up to the limit", () => {
    const places = (limit: number) =>
      differences({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: 4, c: 5 }, d: 6 }, limit)
        .map(({ path }) => path.map(({ key }) => key).join("."));
    assertEquals(places(16), ["d", "a.b", "a.c"]);
    assertEquals(places(2), ["d", "a.b"]);
  });

  it("finds the same places where many objects are matched", () => {
    const members = Array.from({ length: 20 }, (_, at) => ({ at }));
    const found = differences(new Set(members), new Set([...structuredClone(members).reverse().slice(1), { at: -1 }]));
    assertEquals(found.map((difference) => [difference.old, difference.new]), [[{ at: 19 }, ABSENT], [ABSENT, {
      at: -1,
    }]]);
  });

  it("stops after a number of steps", () => {
    const value = (last: number) => [...new Array(1_000).fill(0), last];
    assertEquals(differences(value(1), value(2), 1, 500), []);
    assertEquals(differences(value(1), value(2), 1, 2_000).length, 1);
  });

  it("refuses an impossible limit", () => {
    for (const limit of [0, 1.5, NaN]) {
      assertThrows(
        () => differences(1, 2, limit),
        RangeError,
        `Cannot compare two values: limit must be a whole number from 1 up: received ${limit}`,
      );
    }
  });
});
