import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { KeyDigest, keyDigest } from "../../../src/keys/key_digest.ts";

describe("keyDigest()", () => {
  it("gives equal keys equal digests, and different keys different ones", () => {
    const key = fc.oneof(fc.string(), fc.integer(), fc.bigInt(), fc.uint8Array(), fc.constant(undefined));
    const text = (key: unknown) => key instanceof Uint8Array ? `bytes ${key}` : `${typeof key} ${key}`;
    fc.assert(fc.property(key, key, (a, b) => {
      assertMatch(keyDigest(a), /^[0-9a-f]{12}$/);
      assertEquals(keyDigest(a) === keyDigest(b), text(a) === text(b));
    }));
  });

  it("tells bytes apart by their content, and from the string of the same characters", () => {
    assertEquals(keyDigest(Uint8Array.of(97, 200)), keyDigest(Uint8Array.of(97, 200)));
    assertNotEquals(keyDigest(Uint8Array.of(97)), keyDigest("a"));
  });

  it("takes -0 for 0, as a Map does", () => {
    assertEquals(keyDigest(-0), keyDigest(0));
  });
});

describe("KeyDigest", () => {
  it("makes other digests of the same key under another secret", () => {
    assertNotEquals(new KeyDigest().of("a"), new KeyDigest().of("a"));
  });
});
