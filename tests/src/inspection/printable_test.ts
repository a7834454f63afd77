import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { printable } from "../../../src/inspection/printable.ts";

describe("printable()", () => {
  it("leaves printing characters as they are", () => {
    assertEquals(printable("naïve 日本 🙂 \\u"), "naïve 日本 🙂 \\u");
  });

  it("writes terminal commands, and characters that reorder text, as their codes", () => {
    assertEquals(printable("\x1b[2J\n\u009b\u007f"), "\\u{1b}[2J\\u{a}\\u{9b}\\u{7f}");
    assertEquals(printable("a\u202eb\u2028c\u2029d\u{e0001}"), "a\\u{202e}b\\u{2028}c\\u{2029}d\\u{e0001}");
  });
});
