import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { readFileSync } from "node:fs";
import { MUTANTS } from "../../../tools/soak/mutants.ts";

describe("the soak of SharedMap", () => {
  it("breaks each mutant at a place that is in the source exactly once", () => {
    for (const { name, edits } of MUTANTS) {
      for (const [file, text] of edits) {
        const source = readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");
        assertEquals(source.split(text).length, 2, `${name}: ${file}`);
      }
    }
  });
});
