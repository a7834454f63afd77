import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inspect } from "node:util";
import { SUBJECTS } from "../../conformance/subjects.ts";

describe("console.log", () => {
  for (const { name, make } of SUBJECTS) {
    it(`shows a ${name} as it shows a Map`, () => {
      const map = make().set(1, 2).set(3, 4.5);
      const [label] = inspect(map).split(" ");
      assertEquals(label, `${map[Symbol.toStringTag]}(2)`);
      assert(inspect(map).length < 100, inspect(map));
    });
  }

  it("shows the first 100 entries, and no internals in JSON", () => {
    for (const { make, name } of SUBJECTS) {
      const map = make();
      for (let key = 0; key < 150; key++) map.set(key, 1);
      const entries = inspect(map, { maxArrayLength: Infinity }).match(/=>/g);
      assertEquals([entries?.length, name], [100, name]);
      if (!("handle" in map)) assertEquals(JSON.stringify(map), "{}");
    }
  });
});
