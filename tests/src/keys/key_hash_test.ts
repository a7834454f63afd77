import { assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { keyHash } from "../../../src/keys/key_hash.ts";

describe("keyHash()", () => {
  it("is a signed 32-bit integer", () => {
    fc.assert(fc.property(fc.anything(), (key) => {
      const hash = keyHash(key);
      assertEquals(hash, hash | 0);
    }));
  });

  it("is the same for keys that Map takes for the same", () => {
    const otherNaN = new Float64Array(new BigInt64Array([-1n]).buffer)[0];
    assertEquals(keyHash(otherNaN), keyHash(NaN));
    assertEquals(keyHash(-0), keyHash(0));
    assertEquals(keyHash(["a", "b"].join("")), keyHash("ab"));
    const key = {};
    assertEquals(keyHash(key), keyHash(key));
  });

  it("is the same in every process and on every runtime, but for objects", () => {
    const keys = ["", "a", "user:1234567", "ä€𝄞", 0, 1, -1, 1.5, 2 ** 40, NaN, 7n, true, false, null, undefined];
    const hashes = [-1004130045, 1659865057, 337771378, -766098745, 277461137, -2089656245, 1738897333, 2117738385];
    hashes.push(1141986541, 1013904242, -225830244, 1291169091, 658871167, 944331445, 374761393);
    assertEquals(keys.map(keyHash), hashes);
  });

  it("tells types apart", () => {
    assertNotEquals(keyHash(1), keyHash("1"));
    assertNotEquals(keyHash(1), keyHash(1n));
    assertNotEquals(keyHash("true"), keyHash(true));
    assertNotEquals(keyHash({}), keyHash({}));
  });
});
