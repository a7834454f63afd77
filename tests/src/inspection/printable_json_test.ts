import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { printableJson } from "../../../src/inspection/printable_json.ts";
import { anyCharacter } from "../../any_character.ts";

describe("printableJson()", () => {
  it("escapes every control and format character", () => {
    assertEquals(printableJson("\x1b\x7f\u009b\u2028\u{e0001}é"), '"\\u001b\\u007f\\u009b\\u2028\\udb40\\udc01é"');
  });

  it("is read back as the same value", () => {
    fc.assert(fc.property(fc.jsonValue({ stringUnit: anyCharacter }), (value) => {
      assertEquals(JSON.parse(printableJson(value)), JSON.parse(JSON.stringify(value)));
    }));
  });
});
