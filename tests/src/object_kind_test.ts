import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { objectKind } from "../../src/object_kind.ts";

describe("objectKind()", () => {
  it("names the class of an object", () => {
    class Invoice {}
    const objects = [{}, [], new Map(), new Int8Array(1), new Invoice(), new (class {})(), Object.create(null)];
    assertEquals(objects.map(objectKind), [
      "an object",
      "an array",
      "a Map",
      "an Int8Array",
      "an Invoice",
      "an object of a nameless class",
      "an object without a prototype",
    ]);
  });

  it("stays short, and never throws", () => {
    const long = class {};
    Object.defineProperty(long, "name", { value: "x".repeat(1_000) });
    assertEquals(objectKind(new long()).length, 102);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    assertEquals(objectKind(proxy), "an object");
    const nameless = Object.create({ constructor: 5 });
    assertEquals(objectKind(nameless), "an object of a nameless class");
  });
});
