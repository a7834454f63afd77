import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { contentOf, textOf } from "../../../../src/stores/keyv/base64.ts";

describe("base64", () => {
  it("makes text of bytes, of any length, and bytes of it again", () => {
    for (const length of [0, 1, 2, 3, 4_095, 4_096, 4_097, 100_000]) {
      const bytes = Uint8Array.from({ length }, (_, at) => at * 7);
      assertEquals(contentOf(textOf(bytes)), bytes);
    }
    fc.assert(fc.property(fc.uint8Array(), (bytes) => assertEquals(contentOf(textOf(bytes)), bytes)));
  });

  it("leaves other text as it is", () => {
    for (const text of ["", "\n[1]", "1\n[1]", "b!", "b="]) assertEquals(contentOf(text), text);
  });
});
