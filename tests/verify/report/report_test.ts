import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import { Ledger } from "../../../verify/stats/ledger.ts";
import { OperationSampler } from "../../../verify/sampling/operation_sampler.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { makeReport, type TwinState } from "../../../verify/report/report.ts";

const STARTED_MS = Date.UTC(2026, 0, 1, 12, 0, 59);

const STATE = { name: "users", stage: "shadow", percent: 0 } as TwinState;

const newLedger = (): Ledger => new Ledger(new OperationSampler(1, new ManualClock()));

describe("makeReport()", () => {
  it("gives plain data, which JSON leaves as it is", () => {
    const ledger = newLedger();
    ledger.matched += 3;
    const report = makeReport(STATE, ledger, STARTED_MS, STARTED_MS);
    assertEquals(JSON.parse(JSON.stringify(report)), report);
  });

  it("gives 1 for a bound before the first comparison", () => {
    const { diffRate, diffRateUpper, diffKeyRateUpper } = makeReport(
      STATE,
      newLedger(),
      STARTED_MS,
      STARTED_MS,
    );
    assertEquals([diffRate, diffRateUpper, diffKeyRateUpper], [0, 1, 1]);
  });

  it("takes the estimates of distinct keys at their worst: fewer compared, more that differ", async () => {
    const boundsOf = async (diffs: number) => {
      const clock = new ManualClock();
      const oldMap = new Map(Array.from({ length: 60 }, (_, key) => [key, 0]));
      const newMap = new Map([...oldMap.keys()].map((key) => [key, key < diffs ? 1 : 0]));
      // Under this secret, no two of the keys fall into the same register of the counter.
      const users = twin(oldMap, newMap, { clock, secret: "for sixty distinct keys" });
      users.stage("dualwrite");
      await clock.until(users.sweep());
      const report = users.report();
      assertEquals([report.compared, report.comparedKeys, report.diffKeys], [60, 60, diffs]);
      return report.diffKeyRateUpper / report.diffRateUpper;
    };
    const [clean, differing] = [await boundsOf(0), await boundsOf(1)];
    assert(clean > 1.045 && clean < 1.06, `${clean}`);
    assert(differing > 1.2 && differing < 2, `${differing}`);
  });
});
