import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type AsyncTwinMap, twin } from "@twinmap/twinmap";
import { makeKeyHash } from "../../../src/keys/key_hash.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { Evidence } from "../../../verify/gate/evidence.ts";
import { checkGateOptions } from "../../../verify/gate/gate_options.ts";
import { OperationSampler } from "../../../verify/sampling/operation_sampler.ts";
import { Ledger } from "../../../verify/stats/ledger.ts";
import { FaultyStore } from "../faulty_store.ts";
import { shadowed, type ShadowedRig } from "../../regression/shadowed_rig.ts";

const KEYS = Array.from({ length: 200 }, (_, i) => `k${i}`);
const SECRET = "the secret of a test";

const conditionOf = ({ users }: ShadowedRig, name: string) =>
  users.report().gate.conditions.find((condition) => condition.name === name);

/** Reads all keys, once a minute. */
async function readFor({ clock, users }: ShadowedRig, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    for (const key of KEYS) users.get(key);
    await clock.advance(60_000);
  }
}

describe("the detector of a twin", () => {
  it("makes the gate fail soon after a fault begins, though nobody looks", async () => {
    const it = await shadowed(KEYS, { secret: SECRET, gate: { threshold: 1e-3 } });
    await readFor(it, 100);
    assertEquals(conditionOf(it, "alarm")?.verdict, "pass");
    for (const key of KEYS.slice(0, 10)) it.newMap.delete(key);
    await readFor(it, 1);
    const { gate } = it.users.report();
    assertEquals([gate.verdict, gate.conditions[0]?.name], ["fail", "alarm"]);
    // The bounds over the whole episode do not know it yet.
    assertEquals(conditionOf(it, "diffs")?.verdict, "hold");
  });

  it("forgets its alarm where a new episode begins, and not before", async () => {
    const it = await shadowed(KEYS, { secret: SECRET, gate: { threshold: 1e-3 } });
    for (const key of KEYS.slice(0, 20)) it.newMap.delete(key);
    await readFor(it, 1);
    for (const [at, key] of KEYS.entries()) it.newMap.set(key, at);
    await readFor(it, 100);
    assertEquals(conditionOf(it, "alarm")?.verdict, "fail");
    it.users.reset("the keys are there again");
    assertEquals(conditionOf(it, "alarm")?.verdict, "pass");
    await readFor(it, 5);
    assertEquals(conditionOf(it, "alarm")?.verdict, "pass");
  });
});

describe("the latency of a twin's maps", () => {
  it("is judged by reads of this episode, of which one counts per 100 ms", async () => {
    const it = await shadowed(KEYS, { secret: SECRET, gate: { latencyFactor: 2, confidence: 0.5 } });
    const readAll = async (times: number) => {
      for (let i = 0; i < times; i++) {
        for (const key of KEYS.slice(0, 16)) it.users.get(key);
        await it.clock.advance(100);
      }
    };
    for (let i = 0; i < 50; i++) for (const key of KEYS) it.users.get(key);
    await readAll(1);
    assertEquals(conditionOf(it, "latency")?.verdict, "hold");
    await readAll(400);
    assertEquals(conditionOf(it, "latency")?.verdict, "pass");
    it.users.reset("another map");
    assertEquals(conditionOf(it, "latency")?.verdict, "hold");
  });
});

describe("the owner's checks", () => {
  const MINUTES_5 = { threshold: 0.1, holdMs: 300_000 };

  it("are asked while the twin is used, and each answer but pass breaks the time without a break", async () => {
    let verdict: "pass" | "hold" | "fail" = "pass";
    const checks = [{ name: "p99", check: () => Promise.resolve(verdict), everyMs: 60_000 }];
    const it = await shadowed(KEYS, { secret: SECRET, gate: { ...MINUTES_5, checks } });
    const verdicts = () => [conditionOf(it, "check p99")?.verdict, conditionOf(it, "hold")?.verdict];
    await readFor(it, 6);
    assertEquals(verdicts(), ["pass", "pass"]);
    verdict = "hold";
    await readFor(it, 2);
    assertEquals(verdicts(), ["hold", "hold"]);
    verdict = "pass";
    await readFor(it, 3);
    assertEquals(verdicts(), ["pass", "hold"]);
    assertEquals([it.users.report().diffs, it.users.report().gate.episode.number], [0, 1]);
    await readFor(it, 4);
    assertEquals(verdicts(), ["pass", "pass"]);
    verdict = "fail";
    await readFor(it, 2);
    const { gate } = it.users.report();
    assertEquals([gate.verdict, gate.conditions[0]?.name], ["fail", "check p99"]);
  });
});

describe("comparisons that are lost", () => {
  it("break the time without a break, as long as they are more than may be", async () => {
    const it = await shadowed(KEYS, { secret: SECRET, maxPending: 100, gate: { threshold: 0.1, holdMs: 300_000 } });
    await readFor(it, 10);
    const { dropped } = it.users.report();
    assertEquals([dropped > 0, conditionOf(it, "coverage")?.verdict], [true, "hold"]);
    assertEquals(conditionOf(it, "hold")?.reason, "0 seconds of 5 minutes without a break");
  });
});

describe("the errors of the new map", () => {
  function stores(stage: "shadow" | "live") {
    const clock = new ManualClock();
    const [oldStore, newStore] = [new FaultyStore(clock), new FaultyStore(clock)];
    const at = stage === "live" ? { stage, percent: 100 } : { stage };
    const users: AsyncTwinMap<string, unknown> = twin(oldStore.map(), newStore.map(), { clock, at, settleMs: [10] });
    const errors = () => users.report().gate.conditions.find(({ name }) => name === "errors")?.verdict;
    const journal = () => users.report().gate.conditions.find(({ name }) => name === "journal")?.verdict;
    const use = async (seconds: number, call: (second: number) => Promise<unknown>) => {
      for (let second = 0; second < seconds; second++) {
        await clock.until(call(second).catch(() => {}));
        await clock.advance(1_000);
      }
    };
    return { clock, newStore, users, errors, journal, use };
  }

  it("hold the gate up for ten minutes, where the new map answers nothing, and a key in the journal does", async () => {
    const { clock, newStore, users, errors, journal, use } = stores("shadow");
    assertEquals([errors(), journal()], ["pass", "pass"]);
    newStore.error = FaultyStore.down();
    await use(15, (second) => users.set(`k${second}`, 1));
    assertEquals([errors(), journal()], ["hold", "hold"]);
    newStore.error = undefined;
    await clock.advance(60_000);
    assertEquals([errors(), journal()], ["hold", "pass"]);
    await use(1, () => users.get("k1"));
    await clock.advance(600_000);
    assertEquals(errors(), "pass");
  });

  it("fail the gate where the new map answers: reads and writes, of callers as well", async () => {
    const calls = {
      get: (users: AsyncTwinMap<string, unknown>) => users.get("k1"),
      set: (users: AsyncTwinMap<string, unknown>) => users.set("k1", 1),
    };
    for (const [name, call] of Object.entries(calls)) {
      const { newStore, users, errors, use } = stores("live");
      await use(1, () => call(users));
      newStore.error = FaultyStore.down();
      await use(5, () => call(users));
      assertEquals(errors(), "hold", name);
      await use(10, () => call(users));
      assertEquals(errors(), "fail", name);
    }
  });

  it("are not those of a caller's own function", async () => {
    const { users, errors, use } = stores("live");
    await use(15, () =>
      users.update("k1", () => {
        throw new Error("the caller's");
      }));
    assertEquals(errors(), "pass");
  });

  it("are those of mirrored writes, where both maps are synchronous", async () => {
    const it = await shadowed(KEYS, { secret: SECRET });
    it.newMap.fault = "throws";
    for (let second = 0; second < 3; second++) {
      it.users.set("k1", second);
      await it.clock.advance(1_000);
    }
    assertEquals(conditionOf(it, "errors")?.verdict, "hold");
  });
});

describe("a clean sweep", () => {
  it("counts no longer than sweepMaxAgeMs after it ended", async () => {
    const it = await shadowed(KEYS, { secret: SECRET, gate: { sweepMaxAgeMs: 600_000 } });
    await it.clock.until(it.users.sweep());
    assertEquals(conditionOf(it, "sweep")?.verdict, "pass");
    await it.clock.advance(601_000);
    assertEquals(conditionOf(it, "sweep")?.reason, "the clean sweep must not have ended more than 10 minutes ago");
  });
});

describe("Evidence", () => {
  function evidenceOf(gate: object) {
    const clock = new ManualClock();
    const ledger = new Ledger(new OperationSampler(1, clock), makeKeyHash(), clock.now());
    const calls = { made: 0, failed: 0 };
    const doubts = {
      mirrorErrors: () => 0,
      refused: () => 0,
      doubtful: () => 0,
      journaled: () => 0,
      newCalls: () => ({ ...calls }),
    };
    const options = (gate: object) => checkGateOptions("try", gate);
    const evidence = new Evidence(options(gate), ledger, doubts, { stage: "shadow", percent: 0 }, clock);
    const diffs = (count: number) => {
      for (let i = 0; i < count; i++) ledger.diff(`k${i}`, "value", 1);
    };
    const alarm = () => evidence.report(clock.now()).conditions.find(({ name }) => name === "alarm")?.verdict;
    return { clock, ledger, evidence, options, diffs, alarm, calls };
  }

  it("adds up at most once a second, whoever else asks, and goes on when the clock is set back", () => {
    const { evidence, ledger, diffs, alarm } = evidenceOf({});
    const startMs = Date.UTC(2026, 0, 1);
    const alarmAt = (ms: number) => {
      evidence.advance(startMs + ms);
      return evidence.report(startMs + ms).conditions.find(({ name }) => name === "alarm")?.verdict;
    };
    assertEquals(alarmAt(9_995), "pass");
    diffs(3);
    assertEquals([10_010, 10_490].map(alarmAt), ["pass", "pass"]);
    assertEquals(alarmAt(2_000), "fail");
    assertEquals([ledger.visits.diffs, alarm()], [3, "fail"]);
  });

  it("judges by other options from then on, but forgets neither counts nor an alarm", async () => {
    const { clock, evidence, options, diffs, alarm } = evidenceOf({ threshold: 1e-6 });
    evidence.advance(clock.now());
    evidence.judgeBy(options({ threshold: 0.1, minKeys: 7 }));
    await clock.advance(1_000);
    diffs(4);
    assertEquals(alarm(), "pass");
    const { threshold, minKeys, episode } = evidence.report(clock.now());
    assertEquals([threshold, minKeys, episode.diffs], [0.1, 7, 4]);
    evidence.judgeBy(options({ threshold: 1e-6 }));
    await clock.advance(1_000);
    assertEquals(alarm(), "fail");
    evidence.judgeBy(options({ threshold: 0.1 }));
    assertEquals(alarm(), "fail");
    evidence.reset("another new map", clock.now());
    assertEquals(alarm(), "pass");
  });

  it("does not take comparisons for lost that are still pending", async () => {
    const { clock, evidence, ledger } = evidenceOf({ holdMs: 300_000 });
    for (let minute = 0; minute < 6; minute++) {
      ledger.due += 2;
      ledger.matched++;
      evidence.advance(clock.now());
      await clock.advance(60_000);
    }
    const { conditions } = evidence.report(clock.now());
    const verdictOn = (name: string) => conditions.find((condition) => condition.name === name)?.verdict;
    assertEquals([verdictOn("coverage"), verdictOn("hold")], ["hold", "pass"]);
  });

  it("forgets the failing seconds of the episode before", async () => {
    const { clock, evidence, calls } = evidenceOf({});
    const errors = () => evidence.report(clock.now()).conditions.find(({ name }) => name === "errors")?.verdict;
    calls.made = calls.failed = 5;
    await clock.advance(1_000);
    assertEquals(errors(), "hold");
    evidence.reset("another new map", clock.now());
    await clock.advance(1_000);
    assertEquals(errors(), "pass");
  });
});
