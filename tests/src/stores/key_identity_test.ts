import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { keyIdentity } from "../../../src/stores/key_identity.ts";

describe("keyIdentity", () => {
  it("is equal for equal keys only", () => {
    const keys = [
      "a",
      "6261",
      "1",
      "",
      1,
      -1,
      Uint8Array.of(),
      Uint8Array.of(0x61),
      Uint8Array.of(0),
      Uint8Array.of(0, 0),
    ];
    assertEquals(new Set(keys.map((key) => keyIdentity("RedisMap", key))).size, keys.length);
    assertEquals(keyIdentity("RedisMap", Uint8Array.of(1, 2)), keyIdentity("RedisMap", Uint8Array.of(1, 2)));
    assertEquals(Object.is(keyIdentity("RedisMap", -0), 0), true);
  });

  it("refuses other keys", () => {
    for (const key of [1.5, 1n, null, undefined, {}, true]) {
      assertThrows(() => keyIdentity("RedisMap", key), TypeError, "Cannot use RedisMap: key must be a string");
    }
  });
});
