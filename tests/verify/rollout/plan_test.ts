import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { checkPlan, placeOf, type PlanStep } from "../../../verify/rollout/plan.ts";

const STEPS: readonly PlanStep[] = [
  { stage: "dualwrite" },
  { stage: "shadow" },
  { stage: "live", percent: 5 },
  { stage: "live", percent: 50 },
  { stage: "rampdown" },
];

describe("checkPlan()", () => {
  it("asks for a confirmation of complete, whatever the plan says", () => {
    const steps = checkPlan([...STEPS, { stage: "complete", confirm: false }]);
    assertEquals(steps.map(({ confirm }) => confirm), [false, false, false, false, false, true]);
  });

  it("knows two plans, each of which begins with both maps written and ends where the way back does", () => {
    for (const name of ["careful", "quick"] as const) {
      const plan = checkPlan(name);
      assertEquals([plan[0]?.stage, plan.at(-1)?.stage], ["dualwrite", "complete"]);
    }
  });

  it("refuses steps that do not follow each other", () => {
    const refused: readonly (readonly [readonly PlanStep[], string])[] = [
      [[], "plan must have at least one step"],
      [[{ stage: "shadow" }], "plan[0] must go through dualwrite first: received shadow"],
      [
        [{ stage: "dualwrite" }, { stage: "live", percent: 1 }],
        "plan[1] must go through shadow first: received live 1 %",
      ],
      [[...STEPS.slice(0, 4), { stage: "live", percent: 50 }], "plan[4] must come after the step before it"],
      [[{ stage: "dualwrite" }, { stage: "off" }], "plan[1] must come after the step before it: received off"],
      [[{ stage: "dualwrite", percent: 5 }], "plan[0].percent goes with live only"],
      [[{ stage: "dualwrite", gate: { holdMs: -1 } }], "plan[0].gate.holdMs must be a number"],
    ];
    for (const [steps, message] of refused) assertThrows(() => checkPlan(steps), RangeError, message);
    assertThrows(() => checkPlan([{} as PlanStep]), TypeError, "plan[0].stage");
    assertThrows(() => checkPlan([{ stage: "live" } as PlanStep]), TypeError, "plan[0].percent");
    assertThrows(() => checkPlan(5 as never), TypeError, "received 5");
  });
});

describe("placeOf()", () => {
  it("finds the last step that a position has reached", () => {
    const plan = checkPlan(STEPS);
    const places = [["off", 0], ["dualwrite", 0], ["live", 0], ["live", 5], ["live", 20], ["live", 100], [
      "complete",
      100,
    ]] as const;
    assertEquals(places.map(([stage, percent]) => placeOf(plan, { stage, percent })), [-1, 0, 1, 2, 2, 3, 4]);
  });
});
