import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { GateEvidence } from "../../../verify/gate/condition.ts";
import { judgeGate } from "../../../verify/gate/gate.ts";
import type { RateVerdict } from "../../../verify/stats/confidence_sequence.ts";
import { LatencyHistogram } from "../../../verify/stats/histogram.ts";
import type { CheckedGateOptions } from "../../../verify/gate/gate_options.ts";

const OPTIONS: CheckedGateOptions = {
  threshold: 1e-6,
  lateThreshold: 1e-3,
  holdMs: 3_600_000,
  confidence: 0.95,
  minKeys: 1_000,
  latencyFactor: null,
  sweepMaxAgeMs: 3_600_000,
  checks: [],
};

/** All that is asked for. */
const ENOUGH: GateEvidence = {
  episode: 1,
  visits: { count: 4_400_000, diffs: 0, late: 0 },
  alarm: undefined,
  latency: { old: new LatencyHistogram(), new: new LatencyHistogram() },
  due: 5_000_000,
  unclaimed: 0,
  comparedKeys: 1_000,
  unbrokenMs: 3_600_000,
  wasHeld: false,
  backfilled: true,
  sweptClean: true,
  sweptAgoMs: 3_600_000,
  doubtful: 0,
  journaled: 0,
  failingSeconds: { lastMinute: 0, lastTenMinutes: 0 },
  newAnswers: true,
  checks: [],
  comparedAgoMs: 0,
};

/** The conditions that do not pass, with their reasons. */
function unmet(evidence: Partial<GateEvidence>): Record<string, string> {
  const { conditions } = judgeGate({ ...ENOUGH, ...evidence }, OPTIONS);
  return Object.fromEntries(
    conditions.filter(({ verdict }) => verdict !== "pass").map(({ name, verdict, reason }) => [
      `${name} ${verdict}`,
      reason,
    ]),
  );
}

describe("judgeGate()", () => {
  it("passes if every condition passes", () => {
    assertEquals(judgeGate(ENOUGH, OPTIONS).verdict, "pass");
    assertEquals(unmet({}), {});
  });

  it("holds as long as there is no evidence", () => {
    const nothing = { ...ENOUGH, visits: { count: 0, diffs: 0, late: 0 }, due: 0, comparedKeys: 0, unbrokenMs: 0 };
    assertEquals(judgeGate({ ...nothing, backfilled: false, sweptClean: false }, OPTIONS).verdict, "hold");
  });

  it("holds for each condition alone, and says why", () => {
    assertEquals(unmet({ backfilled: false }), { "backfill hold": "a backfill must finish" });
    assertEquals(unmet({ sweptClean: false }), { "sweep hold": "a sweep of all keys must finish clean" });
    assertEquals(unmet({ doubtful: 1 }), {
      "sweep hold": "1 key looked different since the clean sweep, and must be looked at again",
    });
    assertEquals(unmet({ doubtful: 1_000 }), {
      "sweep hold": "1,000 keys looked different since the clean sweep, and must be looked at again",
    });
    for (const sweptAgoMs of [3_600_001, -1, Infinity]) {
      assertEquals(unmet({ sweptAgoMs }), { "sweep hold": "the clean sweep must not have ended more than 1 hour ago" });
    }
    assertEquals(unmet({ journaled: 1 }), { "journal hold": "1 key waits to be copied again, since writes failed" });
    assertEquals(unmet({ journaled: 1_000 }), {
      "journal hold": "1,000 keys wait to be copied again, since writes failed",
    });
    assertEquals(unmet({ failingSeconds: { lastMinute: 1, lastTenMinutes: 1 } }), {
      "errors hold": "in 1 second of the last 10 minutes, more than 1 % of the calls to the new map failed",
    });
    assertEquals(unmet({ failingSeconds: { lastMinute: 9, lastTenMinutes: 400 } }), {
      "errors hold": "in 400 seconds of the last 10 minutes, more than 1 % of the calls to the new map failed",
    });
    assertEquals(unmet({ visits: { count: 1_000_000, diffs: 0, late: 0 } }), {
      "diffs hold":
        "0 % to 0.000378 % of key visits find a diff: not yet certain to be below the threshold of 0.0001 %",
    });
    assertEquals(unmet({ visits: { ...ENOUGH.visits, late: 4_350 } }), {
      "late hold":
        "0.0919 % to 0.106 % of key visits find the key late: not yet certain to be below the threshold of 0.1 %",
    });
    assertEquals(unmet({ visits: { ...ENOUGH.visits, late: 4_000 } }), {});
    assertEquals(unmet({ visits: { count: 0, diffs: 0, late: 0 } }), {
      "diffs hold": "no key visit yet: nothing is known about diffs",
      "late hold": "no key visit yet: nothing is known about late keys",
    });
    assertEquals(unmet({ unclaimed: 100_000 }), {
      "coverage hold": "2 % of the comparisons due are inconclusive, dropped or pending: at most 1 % may be",
    });
    assertEquals(unmet({ comparedKeys: 999 }), { "keys hold": "999 distinct keys compared, 1,000 are needed" });
    assertEquals(unmet({ unbrokenMs: 3_599_999 }), { "hold hold": "59 minutes of 1 hour without a break" });
    assertEquals(unmet({ comparedAgoMs: 600_000 }), {});
    assertEquals(unmet({ comparedAgoMs: 660_000 }), {
      "recent hold": "the last comparison ended 11 minutes ago: one must have ended in the last 10 minutes",
    });
    assertEquals(unmet({ comparedAgoMs: Infinity }), {
      "recent hold": "no comparison is known to have ended in this episode: one must have ended in the last 10 minutes",
    });
  });

  it("holds for whatever is not a number", () => {
    const unknown: Partial<GateEvidence>[] = [
      ...(["episode", "due", "unclaimed", "comparedKeys", "unbrokenMs", "sweptAgoMs", "doubtful", "journaled"] as const)
        .map((name) => ({ [name]: NaN, wasHeld: false })),
      { comparedAgoMs: NaN },
      ...(["count", "diffs", "late"] as const).map((name) => ({ visits: { ...ENOUGH.visits, [name]: NaN } })),
      { failingSeconds: { lastMinute: NaN, lastTenMinutes: NaN } },
    ];
    for (const evidence of unknown) {
      assertEquals(judgeGate({ ...ENOUGH, ...evidence }, OPTIONS).verdict, "hold", Object.keys(evidence)[0]);
    }
  });

  it("fails if the rate of diffs, or of late writes, is above the threshold for certain", () => {
    for (const name of ["diffs", "late"] as const) {
      const visits = { ...ENOUGH.visits, [name]: 200_000 };
      assertEquals(judgeGate({ ...ENOUGH, visits }, OPTIONS).verdict, "fail");
      assertEquals(Object.keys(unmet({ visits })), [`${name} fail`]);
    }
  });

  it("fails if calls to the new map keep failing, but only where it answers", () => {
    const failingSeconds = { lastMinute: 10, lastTenMinutes: 12 };
    assertEquals(unmet({ failingSeconds }), {
      "errors fail": "in 10 seconds of the last minute, more than 1 % of the calls to the new map failed",
    });
    assertEquals(Object.keys(unmet({ failingSeconds, newAnswers: false })), ["errors hold"]);
  });

  it("takes a clean sweep of any age if none is asked for", () => {
    const evidence = { ...ENOUGH, sweptAgoMs: 1e12 };
    assertEquals(judgeGate(evidence, { ...OPTIONS, sweepMaxAgeMs: null }).verdict, "pass");
    assertEquals(judgeGate(evidence, OPTIONS).verdict, "hold");
  });

  it("judges the owner's checks beside its own conditions", () => {
    const checked = (verdict: RateVerdict) =>
      judgeGate({ ...ENOUGH, checks: [{ name: "check p99", verdict, reason: "so" }] }, OPTIONS);
    assertEquals([checked("pass").verdict, checked("hold").verdict, checked("fail").verdict], ["pass", "hold", "fail"]);
    assertEquals(checked("hold").conditions[0]?.name, "check p99");
  });

  it("fails once the detector has raised an alarm, and says why", () => {
    const alarm = {
      atMs: Date.UTC(2026, 0, 1, 10, 5, 33),
      sinceMs: Date.UTC(2026, 0, 1, 10, 5, 31),
      visits: 1_204,
      diffs: 12,
    };
    assertEquals(unmet({ alarm }), {
      "alarm fail":
        "12 of 1,204 key visits since 2026-01-01 10:05:31 UTC found a diff: the diff rate rose suddenly above 0.0001 %",
    });
  });

  it("fails rather than holds, and names first what fails", () => {
    const evidence = { ...ENOUGH, visits: { ...ENOUGH.visits, late: 200_000 }, sweptClean: false };
    const { verdict, conditions } = judgeGate(evidence, OPTIONS);
    assertEquals([verdict, conditions[0]?.name, conditions[1]?.name], ["fail", "late", "sweep"]);
  });

  it("says how many keys were compared, and how many are needed if any are", () => {
    const reason = (minKeys: number) =>
      judgeGate(ENOUGH, { ...OPTIONS, minKeys }).conditions.find(({ name }) => name === "keys")?.reason;
    assertEquals(reason(1_000), "1,000 distinct keys compared, 1,000 are needed");
    assertEquals(reason(0), "1,000 distinct keys compared");
  });

  it("gives the time without a break in units that suit it", () => {
    const reason = (unbrokenMs: number, holdMs: number) =>
      judgeGate({ ...ENOUGH, unbrokenMs }, { ...OPTIONS, holdMs }).conditions.find(({ name }) => name === "hold")
        ?.reason;
    assertEquals(reason(3_700, 10_000), "3 seconds of 10 seconds without a break");
    assertEquals(reason(59_999, 3_600_000), "0 seconds of 1 hour without a break");
    assertEquals(reason(90_000, 3_600_000), "1 minute of 1 hour without a break");
    assertEquals(reason(7_000_000, 3_600_000), "1 hour of 1 hour without a break");
    assertEquals(reason(0, 0), "no time without a break is asked for");
  });

  it("asks for the hour once: not again after the new map has come to answer", () => {
    assertEquals(unmet({ unbrokenMs: 0, wasHeld: true }), {});
  });

  it("asks later episodes for more", () => {
    const visits = { count: 4_370_000, diffs: 0, late: 0 };
    assertEquals(Object.keys(unmet({ visits, episode: 1 })), ["diffs hold"]);
    assertEquals(unmet({ visits: { ...visits, count: 6_000_000 }, episode: 2 }), {});
    assertEquals(Object.keys(unmet({ visits: { ...visits, count: 5_990_000 }, episode: 2 })), ["diffs hold"]);
  });
});
