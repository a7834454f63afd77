import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createContext, runInContext } from "node:vm";
import * as brands from "../../../src/inspection/brands.ts";

const { mapSize, setSize, ...checks } = brands;

/** Values as source text, and the checks that accept them. */
const ACCEPTED: Readonly<Record<string, string[]>> = {
  "new Map()": ["isMap"],
  "new (class extends Map { get size() { throw 1; } })()": ["isMap"],
  "new Set()": ["isSet"],
  "new Date(NaN)": ["isDate"],
  "new Float64Array(1)": ["isTypedArray"],
  "new DataView(new ArrayBuffer(1))": [],
  "new ArrayBuffer(1)": ["isBuffer"],
  "new SharedArrayBuffer(1)": ["isBuffer"],
  "new TypeError()": ["isError"],
  "new (class extends Error {})()": ["isError"],
  "new Proxy(new Map(), {})": ["isProxy"],
  "Object.create(Map.prototype)": [],
  "Object.create(Set.prototype)": [],
  "Object.create(Date.prototype)": [],
  "Object.create(ArrayBuffer.prototype)": [],
  "({ get [Symbol.toStringTag]() { return 'Map'; } })": [],
  "new WeakMap()": [],
  "() => 1": [],
  "undefined": [],
  "null": [],
  "1": [],
};

describe("the checks of brands", () => {
  for (const [realm, run] of [["this", eval], ["another", inAnotherRealm]] as const) {
    for (const [source, accepted] of Object.entries(ACCEPTED)) {
      it(`recognize ${source} of ${realm} realm`, () => {
        const value: unknown = run(`(${source})`);
        const found = Object.entries(checks).filter(([, check]) => check(value)).map(([name]) => name);
        assertEquals(found, accepted);
      });
    }
  }

  it("count the entries of a map and a set, whatever their size claims", () => {
    class Lying extends Map<number, number> {
      override get size(): number {
        return 9;
      }
    }
    assertEquals(mapSize(new Lying([[1, 1]])), 1);
    assertEquals(setSize(new Set([1, 2])), 2);
  });
});

function inAnotherRealm(source: string): unknown {
  return runInContext(source, createContext({}));
}
