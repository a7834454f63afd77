import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Ledger } from "../../../verify/stats/ledger.ts";
import { OperationSampler } from "../../../verify/sampling/operation_sampler.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { makeReport, type TwinState } from "../../../verify/report/report.ts";

const STARTED_MS = Date.UTC(2026, 0, 1, 12, 0, 59);

const STATE = {
  name: "users",
  stage: "shadow",
  percent: 0,
  gate: { episode: { diffRate: { upper: 1 } } },
  clockErrors: 0,
} as TwinState;

const newLedger = (): Ledger => new Ledger(new OperationSampler(1, new ManualClock()));

describe("makeReport()", () => {
  it("gives plain data, which JSON leaves as it is", () => {
    const ledger = newLedger();
    ledger.matched += 3;
    const report = makeReport(STATE, ledger, STARTED_MS, STARTED_MS);
    assertEquals(JSON.parse(JSON.stringify(report)), report);
  });

  it("gives 0 for the diff rate before the first comparison", () => {
    assertEquals(makeReport(STATE, newLedger(), STARTED_MS, STARTED_MS).diffRate, 0);
  });
});
