import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { judge } from "../../../verify/compare/judge.ts";
import { newSuspect, type Suspect } from "../../../verify/compare/suspect.ts";
import type { Look } from "../../../verify/pair/pair.ts";

const EQUAL: Look<string> = { difference: undefined, evicted: false, quiet: true, version: 0 };
const DIFFERENT: Look<string> = {
  difference: { kind: "value", keys: ["a"], old: 1, new: 2 },
  evicted: false,
  quiet: true,
  version: 7,
};

/** The suspect that `look` led to, at its first look or at a later one. */
function suspectOf(look: Look<string> | undefined, attempts = 1): Suspect<string> {
  const about = { subject: "a", operation: "get", number: 0, comparisons: 1 };
  return { ...newSuspect<string>(about, look, undefined), attempts };
}

describe("judge()", () => {
  it("calls a quiet look that finds the sides equal matched, or late if they differed before", () => {
    assertEquals(judge(EQUAL, undefined), "matched");
    assertEquals(judge(EQUAL, suspectOf(DIFFERENT)), "late");
    assertEquals(judge(EQUAL, suspectOf({ ...EQUAL, quiet: false })), "matched");
  });

  it("calls a difference a diff only if it was seen before, with no write since", () => {
    assertEquals(judge(DIFFERENT, undefined), "suspect");
    assertEquals(judge(DIFFERENT, suspectOf(DIFFERENT)), "diff");
    assertEquals(judge({ ...DIFFERENT, version: 8 }, suspectOf(DIFFERENT)), "suspect");
    assertEquals(judge(DIFFERENT, suspectOf({ ...EQUAL, quiet: false })), "suspect");
  });

  it("takes a difference that rests on other keys for another one", () => {
    const order = (...keys: string[]): Look<string> => ({
      ...DIFFERENT,
      difference: { kind: "order", keys, old: keys[0], new: keys[1] },
    });
    assertEquals(judge(order("a", "b"), suspectOf(order("a", "b"))), "diff");
    assertEquals(judge(order("a", "c"), suspectOf(order("a", "b"))), "suspect");
    assertEquals(judge(order("a", "b"), suspectOf(order("a"))), "suspect");
    assertEquals(judge(order("a"), suspectOf(order("a", "b"))), "suspect");
  });

  it("claims nothing of a look that was not quiet", () => {
    for (const look of [EQUAL, DIFFERENT, { ...DIFFERENT, evicted: true }]) {
      assertEquals(judge({ ...look, quiet: false }, undefined), "suspect");
      assertEquals(judge({ ...look, quiet: false }, suspectOf(look)), "suspect");
    }
  });

  it("calls a difference that an eviction explains evicted, at once", () => {
    assertEquals(judge({ ...DIFFERENT, evicted: true }, undefined), "evicted");
    assertEquals(judge({ ...DIFFERENT, evicted: true }, suspectOf(DIFFERENT)), "evicted");
  });

  it("is inconclusive if the look failed, or after the sixth look that says nothing", () => {
    assertEquals(judge(undefined, undefined), "inconclusive");
    assertEquals(judge(undefined, suspectOf(DIFFERENT)), "inconclusive");
    const unquiet = { ...EQUAL, quiet: false };
    assertEquals(judge(unquiet, suspectOf(unquiet, 4)), "suspect");
    assertEquals(judge(unquiet, suspectOf(unquiet, 5)), "inconclusive");
  });
});
