import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { UndecodableError } from "../../../src/stores/codec.ts";
import { decodeUtf8, encodeUtf8 } from "../../../src/stores/utf8.ts";

describe("decodeUtf8()", () => {
  it("decodes any text, with a byte order mark, and with the character that stands for what is no character", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
      for (const whole of [text, `\uFEFF${text}`, `${text}\uFFFD`]) {
        assertEquals(decodeUtf8(encodeUtf8(whole), "it"), whole);
      }
    }));
  });

  it("refuses what is not UTF-8", () => {
    for (const bytes of [[0x80], [0x61, 0xff], [0xc3], [0xed, 0xa0, 0x80], [0xef, 0xbf, 0xbd, 0xc3]]) {
      assertThrows(() => decodeUtf8(Uint8Array.from(bytes), "its key"), UndecodableError, "its key is not UTF-8");
    }
  });
});
