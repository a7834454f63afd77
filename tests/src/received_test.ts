import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { received } from "../../src/received.ts";

describe("received()", () => {
  it("says what a value is, and of an object only that it is one", () => {
    const values = [1.5, NaN, "1", 'a"b', 1n, true, null, undefined, Symbol("a"), [], () => {}, Object.create(null)];
    assertEquals(
      values.map(received),
      ["1.5", "NaN", '"1"', '"a\\"b"', "1n", "true", "null", "undefined", "Symbol(a)", "object", "function", "object"]
        .map((said) => `received ${said}`),
    );
  });
});
