import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { highOf, intHash, intOfHash } from "../../../src/int/int_hash.ts";

const keys = fc.oneof(fc.integer(), fc.maxSafeInteger());

describe("intHash()", () => {
  it("is a signed 32-bit integer that, with the upper part, gives the key back", () => {
    fc.assert(fc.property(keys, (key) => {
      const hash = intHash(key | 0, highOf(key));
      assertEquals(hash, hash | 0);
      assertEquals(intOfHash(hash, highOf(key)), key);
    }));
  });

  it("is different for each key of 32 bits", () => {
    fc.assert(fc.property(fc.integer(), fc.integer(), (a, b) => {
      assertEquals(intHash(a, 0) === intHash(b, 0), a === b);
    }));
  });
});

describe("highOf()", () => {
  it("is 0 for whole numbers of 32 bits only", () => {
    fc.assert(fc.property(keys, (key) => assertEquals(highOf(key) === 0, key === (key | 0))));
    for (const key of [2 ** 31, -(2 ** 31) - 1, 2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      assertEquals(Number.isSafeInteger(highOf(key)) && highOf(key) !== 0, true);
    }
  });
});
