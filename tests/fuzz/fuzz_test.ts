/**
 * Random callers, moves, backfills and sweeps on twins of two maps of any kinds. The cases are the same each time, so that a
 * change is what turns a test red; `deno task fuzz` draws new ones for as long as you like.
 */
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { findsDamage, findsNothing, findsNothingLate } from "./properties.ts";

const SEED = 2026;

describe("a twin", () => {
  it("never finds a diff between two equal maps, whatever is done to it", () =>
    fc.assert(findsNothing(), { numRuns: 500, seed: SEED }));

  it("never finds a diff in a new map that is late by less than it takes to settle", () =>
    fc.assert(findsNothingLate(), { numRuns: 100, seed: SEED }));

  it("finds by a sweep the keys that differ after a fault, and no others", () =>
    fc.assert(findsDamage(), { numRuns: 100, seed: SEED }));
});
