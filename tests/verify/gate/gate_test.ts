import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { gateOver, type ReportedGate } from "../../../verify/gate/gate.ts";
import { OperationSampler } from "../../../verify/sampling/operation_sampler.ts";
import { Ledger } from "../../../verify/stats/ledger.ts";

const MINUTE_MS = 60_000;
const STARTED_MS = Date.UTC(2026, 0, 1, 12, 0, 59);
const WITHOUT_BREAK = "an hour with comparisons in every minute";

/** The gate after so many minutes, in each of which `inMinute` counts. */
function gateAfter(minutes: number, inMinute: (minute: number, ledger: Ledger) => void): ReportedGate {
  const ledger = new Ledger(new OperationSampler(1, new ManualClock()));
  let nowMs = STARTED_MS;
  for (let minute = 0; minute <= minutes; minute++, nowMs += MINUTE_MS) {
    inMinute(minute, ledger);
    ledger.advance(nowMs);
  }
  return gateOver(ledger.minutes.list(nowMs - MINUTE_MS));
}

const clean = (ledger: Ledger, comparisons: number): void => void (ledger.matched += comparisons);

describe("gateOver()", () => {
  it("is met after an hour without a break, with enough comparisons to bound the rate below the threshold", () => {
    const gate = gateAfter(61, (_, ledger) => clean(ledger, 70_000));
    assertEquals(gate, { threshold: 1e-6, overMs: 60 * MINUTE_MS, met: true, missing: [] });
  });

  it("needs the whole hour", () => {
    const gate = gateAfter(59, (_, ledger) => clean(ledger, 1_000_000));
    assertEquals(gate.missing, [WITHOUT_BREAK]);
  });

  it("starts anew after a minute without a comparison", () => {
    const gate = gateAfter(61, (minute, ledger) => clean(ledger, minute === 30 ? 0 : 1_000_000));
    assertEquals(gate.missing, [WITHOUT_BREAK]);
  });

  it("needs enough comparisons", () => {
    const gate = gateAfter(61, (_, ledger) => clean(ledger, 50_000));
    assertEquals(gate.missing, ["enough comparisons in the last hour for its upper bound to be below the threshold"]);
  });

  it("needs a rate below the threshold, and forgets a diff after the hour", () => {
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

describe("TwinMap.report(), the gate", () => {
  it("does not ask for a comparison in the minute that has just begun, but in each one before it", async () => {
    const clock = new ManualClock();
    const users = twin(new Map([["a", 1]]), new Map([["a", 1]]), { clock });
    users.stage("dualwrite");
    users.stage("shadow");
    const isUnbroken = () => !users.report().gate.missing.includes(WITHOUT_BREAK);
    for (let minute = 0; minute < 61; minute++) {
      assertEquals(isUnbroken(), false, `after ${minute} minutes`);
      users.get("a");
      await clock.advance(MINUTE_MS);
    }
    // The clock stands at the very beginning of a minute.
    assertEquals(isUnbroken(), true);
    await clock.advance(MINUTE_MS);
    assertEquals(isUnbroken(), false);
  });
});
