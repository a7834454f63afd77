import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Ledger } from "../../../verify/stats/ledger.ts";
import { OperationSampler } from "../../../verify/sampling/operation_sampler.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { makeReport, type TwinReport, type TwinState } from "../../../verify/report/report.ts";

const MINUTE_MS = 60_000;
const STARTED_MS = Date.UTC(2026, 0, 1, 12, 0, 59);

const STATE = { name: "users", stage: "shadow", percent: 0 } as TwinState;

/** The gate after so many minutes in each of which so much was compared. */
function gateAfter(minutes: number, inMinute: (minute: number, ledger: Ledger) => void): TwinReport["gate"] {
  const ledger = new Ledger(new OperationSampler(1, new ManualClock()));
  let nowMs = STARTED_MS;
  for (let minute = 0; minute <= minutes; minute++, nowMs += MINUTE_MS) {
    inMinute(minute, ledger);
    ledger.advance(nowMs);
  }
  return makeReport(STATE, ledger, STARTED_MS, nowMs - MINUTE_MS).gate;
}

const clean = (ledger: Ledger, comparisons: number): void => void (ledger.matched += comparisons);

describe("makeReport(), the gate", () => {
  it("is met after an hour without a break, with enough comparisons to bound the rate below the threshold", () => {
    const gate = gateAfter(61, (_, ledger) => clean(ledger, 70_000));
    assertEquals(gate, { threshold: 1e-6, overMs: 60 * MINUTE_MS, met: true, missing: [] });
  });

  it("asks for the whole hour", () => {
    const gate = gateAfter(59, (_, ledger) => clean(ledger, 1_000_000));
    assertEquals(gate.missing, ["an hour with comparisons in every minute"]);
  });

  it("begins anew after a minute without a comparison", () => {
    const gate = gateAfter(61, (minute, ledger) => clean(ledger, minute === 30 ? 0 : 1_000_000));
    assertEquals(gate.missing, ["an hour with comparisons in every minute"]);
  });

  it("asks for enough comparisons", () => {
    const gate = gateAfter(61, (_, ledger) => clean(ledger, 50_000));
    assertEquals(gate.missing, ["enough comparisons in the last hour for its upper bound to be below the threshold"]);
  });

  it("asks for a rate below the threshold, and forgets a diff after the hour", () => {
    const withDiffs = (at: number, minutes: number) =>
      gateAfter(minutes, (minute, ledger) => {
        clean(ledger, 1_000_000);
        if (minute === at) ledger.diffs += 100;
      });
    assertEquals(withDiffs(30, 61).missing[0], "a diff rate below the threshold in the last hour");
    assertEquals(withDiffs(0, 61).met, false);
    assertEquals(withDiffs(0, 62).met, true);
  });

  it("is not met before the first comparison", () => {
    assertEquals(gateAfter(61, () => {}).missing.length, 3);
  });
});

describe("makeReport()", () => {
  it("gives plain data, the same after a way through JSON", () => {
    const ledger = new Ledger(new OperationSampler(1, new ManualClock()));
    clean(ledger, 3);
    const report = makeReport(STATE, ledger, STARTED_MS, STARTED_MS);
    assertEquals(JSON.parse(JSON.stringify(report)), report);
  });

  it("says 1 for what cannot be bounded yet", () => {
    const { diffRate, diffRateUpper, diffKeyRateUpper } = makeReport(
      STATE,
      new Ledger(new OperationSampler(1, new ManualClock())),
      STARTED_MS,
      STARTED_MS,
    );
    assertEquals([diffRate, diffRateUpper, diffKeyRateUpper], [0, 1, 1]);
  });
});
