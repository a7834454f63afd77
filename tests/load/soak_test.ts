import { assert, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { editedMap } from "../../tools/soak/edited_map.ts";
import { MUTANTS } from "../../tools/soak/mutants.ts";
import { Soak } from "../../tools/soak/soak.ts";

describe("the soak of SharedMap", () => {
  it("finds nothing wrong while clients interrupt each other between any two accesses to shared words", async () => {
    const soak = new Soak(1, await editedMap([]), "interleaved");
    await soak.run(500);
    const { rounds, linearizable, unknown } = soak.checked;
    assert(linearizable > 0 && linearizable + unknown === rounds);
  });

  it("finds a map that trusts what it read from a slot that changed meanwhile", async () => {
    const mutant = MUTANTS.find(({ name }) => name === "slot not checked again");
    const soak = new Soak(1, await editedMap(mutant?.edits ?? []), "interleaved");
    await assertRejects(() => soak.run(60_000), Error, "Round ");
  });
});
