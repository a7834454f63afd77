import { assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { UndecodableError } from "../../../src/stores/codec.ts";
import { decodeKey, decodeKeyFromText, encodeKey, encodeKeyAsText } from "../../../src/stores/key_codec.ts";
import { anyCharacter } from "../../any_character.ts";

const KEYS: readonly (string | number | Uint8Array)[] = [
  ...["", "a", "1", "-1", "a\0", "é", "e\u0301", "\ufeffa", "😀", "\ud83d", "\ude00", "\ude00\ud83d", "x".repeat(31)],
  ...["x".repeat(32), "x".repeat(33), "é".repeat(20), "x".repeat(10_000), "\ud800".repeat(50)],
  ...[0, 1, -1, 10, 2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  ...[new Uint8Array(), new Uint8Array([0]), new Uint8Array([0x31]), new Uint8Array([0x73, 0x31])],
];
const anyKey = fc.oneof(fc.string({ unit: anyCharacter }), lone(), fc.maxSafeInteger(), fc.uint8Array());

function lone(): fc.Arbitrary<string> {
  return fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));
}

describe("encodeKey()", () => {
  it("keeps each key, and tells all apart", () => {
    for (const key of KEYS) assertEquals(decodeKey(encodeKey("AMap", key)), key);
    assertEquals(new Set(KEYS.map((key) => encodeKeyAsText("AMap", key))).size, KEYS.length);
    assertEquals(encodeKey("AMap", -0), encodeKey("AMap", 0));
  });

  it("keeps any key, and tells any two apart", () => {
    fc.assert(fc.property(anyKey, anyKey, (key, other) => {
      assertEquals(decodeKey(encodeKey("AMap", key)), key);
      assertEquals(decodeKeyFromText(encodeKeyAsText("AMap", key)), key);
      if (typeof key === typeof other && String(key) === String(other)) return;
      assertNotEquals(encodeKey("AMap", key), encodeKey("AMap", other));
    }));
  });

  it("refuses other keys, and changes nothing in the map", () => {
    for (const key of [1.5, NaN, 2 ** 53, null, undefined, true, 1n, Symbol("s"), {}, [1], new ArrayBuffer(1)]) {
      assertThrows(
        () => encodeKey("AMap", key),
        TypeError,
        "Cannot use AMap: key must be a string, a safe integer or a Uint8Array: received",
      );
    }
  });

  it("shares no memory with keys that are bytes", () => {
    const key = new Uint8Array([1]);
    const bytes = encodeKey("AMap", key);
    key[0] = 2;
    const decoded = decodeKey(bytes);
    bytes.fill(0);
    assertEquals(decoded, new Uint8Array([1]));
  });
});

describe("decodeKey()", () => {
  it("refuses what encodeKey() does not write: each key has one form only", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array(), fc.tuple(fc.constantFrom(0x73, 0x75, 0x69), fc.uint8Array()).map(tagged)),
        (bytes) => {
          let key;
          try {
            key = decodeKey(bytes);
          } catch (error) {
            return assertEquals((error as Error).constructor, UndecodableError);
          }
          assertEquals(encodeKey("AMap", key), bytes);
        },
      ),
      { numRuns: 1_000 },
    );
    for (
      const text of ["69312e30", "692d30", "6930 31", "7500", "75d8", "75006100", "73ff", "69313", "", "7", "zz", "7A"]
    ) {
      assertThrows(() => decodeKeyFromText(text), UndecodableError);
    }
  });
});

describe("encodeKeyAsText()", () => {
  it("uses letters and digits only, which every store keeps", () => {
    for (const key of KEYS) assertMatch(encodeKeyAsText("AMap", key), /^[0-9a-f]{2,}$/);
    assertEquals(encodeKeyAsText("AMap", "a:b"), "73613a62");
  });
});

function tagged([tag, content]: [number, Uint8Array]): Uint8Array {
  return Uint8Array.from([tag, ...content]);
}
