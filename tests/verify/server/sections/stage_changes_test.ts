import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ReportedStageChange, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../../../testing/manual_clock.ts";
import { changesOf } from "../../../../verify/server/sections/stage_changes.ts";
import { rateChart } from "../../../../verify/server/sections/rate_chart.ts";
import { moveTo } from "../../../move_to.ts";

const START = Date.UTC(2026, 0, 1);

/** A report with these moves, in seconds after the start. */
function reportWith(...changes: [atS: number, change: Omit<ReportedStageChange, "at">][]) {
  const stageChanges = changes.map(([atS, change]) => ({ at: new Date(START + atS * 1_000).toISOString(), ...change }));
  return { ...twin(new Map(), new Map()).report(), stageChanges: stageChanges.toReversed() };
}

describe("the stage changes on a chart", () => {
  it("are placed by their time, the oldest first, as far as the chart goes back", () => {
    const report = reportWith(
      [1, { stage: "dualwrite", percent: 0 }],
      [20, { stage: "shadow", percent: 0 }],
      [100, { stage: "live", percent: 5 }],
    );
    assertEquals(changesOf(report, START + 10_000, START + 110_000).map(({ x, place }) => [x, place]), [
      ["10.00%", "shadow"],
      ["90.00%", "live 5 %"],
    ]);
    assertEquals(changesOf(report, START + 101_000, START + 110_000), []);
  });

  it("have a line with a title each, and are told in words below the chart", async () => {
    const clock = new ManualClock();
    const users = twin(new Map([["a", 1]]), new Map(), { clock });
    users.get("a");
    await clock.advance(5_000);
    await moveTo(users, clock, "live", 5);
    users.get("a");
    await clock.advance(5_000);
    const chart = String(rateChart(users.report(), "t"));
    assertStringIncludes(chart, "<title>live 5 % from 00:00:05 UTC on</title>");
    assertEquals(chart.match(/<line class="near"/g)?.length, 3);
    assertStringIncludes(chart, '<time datetime="2026-01-01T00:00:05.000Z">00:00:05</time> dualwrite</li>');
    assertStringIncludes(chart, "Stage changed");
  });

  it("leave a chart without any as it was", () => {
    const chart = String(rateChart(twin(new Map(), new Map()).report(), "t"));
    assert(!chart.includes("Stage changed") && !chart.includes("<ol"));
  });
});
