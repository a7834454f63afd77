import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { evidenceAfter, missingFor, NO_EVIDENCE } from "../../../verify/stages/evidence.ts";
import { type Stage, STAGE_NAMES } from "../../../verify/stages/stage.ts";

const ALL = { backfilled: true, sweptClean: true };

describe("missingFor()", () => {
  it("lets a stage be left to its neighbours only", () => {
    for (const from of STAGE_NAMES) {
      for (const to of STAGE_NAMES) {
        const apart = Math.abs(STAGE_NAMES.indexOf(from) - STAGE_NAMES.indexOf(to));
        assertEquals(missingFor(from, to, ALL, false).length === 0, apart <= 1, `${from} to ${to}`);
      }
    }
  });

  it("asks for a backfill and a clean sweep before live, from either side, and for nothing else", () => {
    assertEquals(missingFor("shadow", "live", NO_EVIDENCE, false).length, 2);
    assertEquals(missingFor("rampdown", "live", NO_EVIDENCE, false).length, 2);
    assertEquals(missingFor("shadow", "live", { ...ALL, sweptClean: false }, false), ["a clean sweep after it"]);
    for (const [from, to] of [["off", "dualwrite"], ["dualwrite", "shadow"], ["rampdown", "complete"]] as const) {
      assertEquals(missingFor(from, to, NO_EVIDENCE, false), []);
    }
  });

  it("names the stage that lies between", () => {
    assertEquals(missingFor("off", "live", ALL, false), ["the stage dualwrite"]);
    assertEquals(missingFor("complete", "off", ALL, false), ["the stage rampdown"]);
  });

  it("waits for a running backfill, but not where only one side is written, which ends it", () => {
    const running = (from: Stage, to: Stage) => missingFor(from, to, NO_EVIDENCE, true);
    assertEquals(running("dualwrite", "shadow"), ["the end of the backfill that is running"]);
    assertEquals(running("dualwrite", "off"), []);
    assertEquals(running("rampdown", "complete"), []);
  });
});

describe("evidenceAfter()", () => {
  const isNotEmpty = () => false;

  it("keeps the evidence as long as both sides are written", () => {
    assertEquals(evidenceAfter("dualwrite", "shadow", ALL, isNotEmpty), ALL);
    assertEquals(evidenceAfter("live", "rampdown", ALL, isNotEmpty), ALL);
  });

  it("drops it where one side was or will be written alone", () => {
    assertEquals(evidenceAfter("dualwrite", "off", ALL, isNotEmpty), NO_EVIDENCE);
    assertEquals(evidenceAfter("rampdown", "complete", ALL, isNotEmpty), NO_EVIDENCE);
    assertEquals(evidenceAfter("complete", "rampdown", ALL, isNotEmpty), NO_EVIDENCE);
  });

  it("needs no backfill of a map that is empty", () => {
    assertEquals(evidenceAfter("off", "dualwrite", NO_EVIDENCE, () => true), { backfilled: true, sweptClean: false });
  });
});
