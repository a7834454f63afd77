import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { missingFor, STAGE_NAMES } from "../../../verify/stages/stage.ts";

describe("missingFor()", () => {
  const none = { backfilling: false, backfilled: false, sweptClean: false };
  const all = { backfilling: false, backfilled: true, sweptClean: true };

  it("lets a stage be left to its neighbours only", () => {
    for (const from of STAGE_NAMES) {
      for (const to of STAGE_NAMES) {
        const apart = Math.abs(STAGE_NAMES.indexOf(from) - STAGE_NAMES.indexOf(to));
        assertEquals(missingFor(from, to, all).length === 0, apart <= 1, `${from} to ${to}`);
      }
    }
  });

  it("asks for a backfill and a clean sweep before live, from either side, and for nothing else", () => {
    assertEquals(missingFor("shadow", "live", none).length, 2);
    assertEquals(missingFor("rampdown", "live", none).length, 2);
    assertEquals(missingFor("shadow", "live", { ...all, sweptClean: false }), ["a clean sweep after it"]);
    for (const [from, to] of [["off", "dualwrite"], ["dualwrite", "shadow"], ["rampdown", "complete"]] as const) {
      assertEquals(missingFor(from, to, none), []);
    }
  });

  it("waits for a running backfill, but where only one side is written, which ends it", () => {
    const running = { ...none, backfilling: true };
    assertEquals(missingFor("dualwrite", "shadow", running), ["the end of the backfill that is running"]);
    assertEquals(missingFor("dualwrite", "off", running), []);
    assertEquals(missingFor("rampdown", "complete", running), []);
  });
});
