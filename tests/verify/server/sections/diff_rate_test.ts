import { assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import { diffRate } from "../../../../verify/server/sections/diff_rate.ts";

describe("diffRate()", () => {
  it("gives the time without a break in the unit that suits it", () => {
    const times: [holdMs: number, text: string][] = [
      [10_000, "for 10 seconds without a break"],
      [90_000, "for 90 seconds without a break"],
      [3_600_000, "for 1 hour without a break"],
      [0, '<dd class="note"></dd>'],
    ];
    for (const [holdMs, text] of times) {
      const report = twin(new Map(), new Map(), { gate: { holdMs } }).report();
      assertStringIncludes(String(diffRate(report, "t")), text);
    }
  });
});
