/**
 * Random callers, moves, backfills and sweeps on twins of two maps of any kinds; `deno task fuzz` goes on for as long as one
 * likes.
 */
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { findsDamage, findsNothing, findsNothingLate } from "./properties.ts";

describe("a twin", () => {
  it("never finds a diff between two equal maps, whatever is done to it", () =>
    fc.assert(findsNothing(), { numRuns: 2_000 }));

  it("never finds a diff in a new map that is late by less than it takes to settle", () =>
    fc.assert(findsNothingLate(), { numRuns: 300 }));

  it("finds by a sweep the keys that differ after a fault, and no others", () =>
    fc.assert(findsDamage(), { numRuns: 300 }));
});
