import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { holdsAllAfter, holdsAllAt, missingFor, type MoveConditions } from "../../../verify/stages/moves.ts";
import { type Stage, STAGE_NAMES, STAGES } from "../../../verify/stages/stage.ts";

const BOTH = { old: true, new: true };
const OPEN: MoveConditions = { holdsAll: BOTH, lacking: undefined, gate: () => [], backfilling: false, journaled: 0 };
const SHUT: MoveConditions = { ...OPEN, gate: () => ["a pass"] };

const at = (stage: Stage, percent = STAGES[stage].answers === "new" ? 100 : 0) => ({ stage, percent });
const NOTHING = { firm: [], evidence: [] };
const GATE = { firm: [], evidence: ["a pass"] };

describe("missingFor()", () => {
  it("lets a stage be left to its neighbours only", () => {
    for (const from of STAGE_NAMES) {
      for (const to of STAGE_NAMES) {
        const apart = Math.abs(STAGE_NAMES.indexOf(from) - STAGE_NAMES.indexOf(to));
        assertEquals(missingFor(at(from), at(to), OPEN).firm.length === 0, apart <= 1, `${from} to ${to}`);
      }
    }
  });

  it("names the stage that lies between", () => {
    assertEquals(missingFor(at("off"), at("live"), OPEN).firm, ["the stage dualwrite"]);
    assertEquals(missingFor(at("complete"), at("off"), OPEN).firm, ["the stage rampdown"]);
  });

  it("asks the gate where the new map comes to answer more keys, and before the old one is given up", () => {
    assertEquals(missingFor(at("shadow"), at("live", 1), SHUT), GATE);
    assertEquals(missingFor(at("live", 1), at("live", 2), SHUT), GATE);
    assertEquals(missingFor(at("live", 100), at("rampdown"), SHUT), GATE);
    assertEquals(missingFor(at("rampdown"), at("complete"), SHUT), GATE);
  });

  it("asks the gate nowhere else", () => {
    for (
      const [from, to] of [
        [at("off"), at("dualwrite")],
        [at("dualwrite"), at("shadow")],
        [at("shadow"), at("live", 0)],
        [at("live", 5), at("live", 5)],
        [at("live", 5), at("live", 1)],
        [at("live", 5), at("shadow")],
        [at("rampdown"), at("live", 100)],
        [at("complete"), at("rampdown")],
      ] as const
    ) assertEquals(missingFor(from, to, SHUT), NOTHING, `${JSON.stringify(from)} to ${JSON.stringify(to)}`);
  });

  it("asks for an old map that holds everything where it comes to answer more keys", () => {
    const behind = { ...OPEN, holdsAll: { old: false, new: true }, lacking: "old" as const };
    const needed = { firm: ["a backfill from the new map to the old one must finish"], evidence: [] };
    assertEquals(missingFor(at("rampdown"), at("live", 100), behind), needed);
    assertEquals(missingFor(at("live", 5), at("live", 1), behind), needed);
    assertEquals(missingFor(at("live", 5), at("shadow"), behind), needed);
    assertEquals(missingFor(at("complete"), at("rampdown"), behind), NOTHING);
  });

  it("waits for a running backfill, but not where only one side is written, which ends it", () => {
    const running = (from: Stage, to: Stage) => missingFor(at(from), at(to), { ...OPEN, backfilling: true }).firm;
    assertEquals(running("dualwrite", "shadow"), ["the running backfill must end"]);
    assertEquals(running("dualwrite", "off"), []);
    assertEquals(running("rampdown", "complete"), []);
  });
});

describe("holdsAllAfter()", () => {
  const isNotEmpty = () => false;

  it("stays as it is as long as both sides are written", () => {
    assertEquals(holdsAllAfter("dualwrite", "shadow", BOTH, isNotEmpty), BOTH);
    assertEquals(holdsAllAfter("live", "rampdown", BOTH, isNotEmpty), BOTH);
  });

  it("is true of the side that answers alone where one side was or will be written alone", () => {
    assertEquals(holdsAllAfter("dualwrite", "off", BOTH, isNotEmpty), { old: true, new: false });
    assertEquals(holdsAllAfter("rampdown", "complete", BOTH, isNotEmpty), { old: false, new: true });
    assertEquals(holdsAllAfter("complete", "rampdown", holdsAllAt("complete"), isNotEmpty), { old: false, new: true });
  });

  it("is true of both sides where the one that answers is empty, and on the way back the old one too", () => {
    assertEquals(holdsAllAfter("off", "dualwrite", holdsAllAt("off"), (side) => side === "old"), BOTH);
    const back = (isEmpty: (side: string) => boolean) =>
      holdsAllAfter("complete", "rampdown", holdsAllAt("complete"), isEmpty);
    assertEquals(back(() => true), BOTH);
    for (const only of ["old", "new"]) assertEquals(back((side) => side === only), { old: false, new: true });
  });
});
