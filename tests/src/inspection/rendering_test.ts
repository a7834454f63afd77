import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createContext, runInContext } from "node:vm";
import { rendered, typeAndSize } from "../../../src/inspection/rendering.ts";

/** The built-in classes, any of which an object can claim as its own. */
const CLASSES = [
  Array,
  ArrayBuffer,
  BigInt,
  Boolean,
  DataView,
  Date,
  Error,
  Map,
  Number,
  Promise,
  RegExp,
  Set,
  SharedArrayBuffer,
  String,
  Symbol,
  URL,
  URLSearchParams,
  Uint8Array,
  WeakMap,
];

const refuse = (): never => {
  throw new Error("refused");
};

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** A `Proxy` whose traps all throw. */
function refusing(): object {
  return new Proxy({}, new Proxy({}, { get: refuse }));
}

const UNDESCRIBABLE: readonly (readonly [name: string, value: unknown])[] = [
  ["a revoked Proxy", revoked({})],
  ["a revoked Proxy of an array", revoked([])],
  ["a Proxy whose traps throw", refusing()],
  ["an object with such a prototype", Object.create(refusing())],
  ["an object with a revoked prototype", Object.create(revoked({}))],
  ["an object whose constructor is revoked", Object.create({ constructor: revoked(class {}) })],
  [
    "getters that throw",
    Object.defineProperties({}, { a: { get: refuse, enumerable: true }, constructor: { get: refuse } }),
  ],
  ["a RegExp whose source throws", Object.defineProperty(/a/, "flags", { get: refuse })],
  ["an Error whose message throws", Object.defineProperty(new Error("a"), "message", { get: refuse })],
  ["a URL whose href throws", Object.defineProperty(new URL("http://a.test/"), "href", { get: refuse })],
  ...CLASSES.map((made) => [`an object that claims to be of ${made.name}`, Object.create(made.prototype)] as const),
];

describe("rendered() and typeAndSize()", () => {
  for (const [name, value] of UNDESCRIBABLE) {
    it(`describe ${name}, alone and inside other values`, () => {
      for (const described of [value, [value], { value }, new Map([[value, value]])]) {
        assert(rendered(described).length > 0);
        assert(typeAndSize(described).length > 0);
      }
    });
  }

  it("describe an object that only claims a class by what can be seen of it", () => {
    assertEquals(rendered(Object.create(Date.prototype)), "Date {}");
    assertEquals(typeAndSize(Object.create(Map.prototype)), "Map(0 keys)");
  });

  it("know the classes of another realm", () => {
    const context = createContext({});
    const values: [source: string, text: string, size: string][] = [
      ["[1]", "[1]", "Array(1)"],
      ["({ a: 1 })", "{a: 1}", "Object(1 keys)"],
      ["new Map([[1, 2]])", "Map {1 => 2}", "Map(1)"],
      ["new Set([1])", "Set {1}", "Set(1)"],
      ["new Uint16Array([500])", "Uint16Array [500]", "Uint16Array(2 bytes)"],
      ["new ArrayBuffer(1)", "ArrayBuffer [0]", "ArrayBuffer(1 bytes)"],
      ["new Date(0)", "Date 1970-01-01T00:00:00.000Z", "Date"],
      ["new RangeError('far')", 'RangeError "far"', "RangeError"],
      ["Object(1)", "Number 1", "Number"],
      ["/a/g", 'RegExp "/a/g at 0"', "RegExp"],
    ];
    for (const [source, text, size] of values) {
      const value = runInContext(source, context);
      assertEquals([rendered(value), typeAndSize(value)], [text, size], source);
    }
  });
});
