import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { quoted, received } from "../../src/received.ts";

describe("received()", () => {
  it("shows a primitive value, and describes an object only by its kind", () => {
    const values = [
      1.5,
      NaN,
      -0,
      "1",
      'a"b',
      1n,
      true,
      null,
      undefined,
      Symbol("a"),
      [],
      () => {},
      {},
      new Date(0),
      new Uint8Array(1),
      Object.create(null),
    ];
    assertEquals(
      values.map(received),
      [
        "1.5",
        "NaN",
        "-0",
        '"1"',
        '"a\\"b"',
        "1n",
        "true",
        "null",
        "undefined",
        "Symbol(a)",
        "an array",
        "a function",
        "an object",
        "a Date",
        "a Uint8Array",
        "an object without a prototype",
      ]
        .map((said) => `received ${said}`),
    );
  });

  it("stays short, however large the value is", () => {
    assertEquals(received("x".repeat(1_000)), `received ${quoted("x".repeat(1_000))}`);
    assertEquals(quoted("x".repeat(1_000)), `"${"x".repeat(100)}…"`);
    assertEquals(received(Symbol("x".repeat(1_000))), `received Symbol(${"x".repeat(100)}…)`);
    assertEquals(received(2n ** 1_000n), "received bigint");
  });
});
