/** The gate looked at the last hour alone: it forgot diffs, and let a rate of 1.2 times the threshold through. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { StageError, twin, type TwinOptions } from "@twinmap/twinmap";
import { forced } from "../move_to.ts";
import { shadowed, type ShadowedRig } from "./shadowed_rig.ts";

const MINUTE_MS = 60_000;
const KEYS = Array.from({ length: 200 }, (_, i) => `k${i}`);
/** Under it, no two keys share a bit of the bitmap of key visits. */
const SECRET = "the secret of a test";

function rig(options: TwinOptions<string, number> = {}): Promise<ShadowedRig> {
  return shadowed(KEYS, { secret: SECRET, ...options });
}

/** Reads for so many minutes. The report is not looked at. */
async function readFor({ clock, users }: ShadowedRig, minutes: number, keys: readonly string[] = KEYS): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    for (const key of keys) users.get(key);
    await clock.advance(MINUTE_MS);
  }
}

const counts = ({ users }: ShadowedRig) => {
  const { number, visits, diffs } = users.report().gate.episode;
  return { number, visits, diffs };
};

const condition = ({ users }: ShadowedRig, name: string) =>
  users.report().gate.conditions.find((condition) => condition.name === name);

describe("an episode of the gate", () => {
  it("counts a key once a minute, in sweeps as well", async () => {
    const it = await rig();
    await readFor(it, 2);
    for (let i = 0; i < 3; i++) await it.clock.until(it.users.sweep());
    assertEquals(counts(it), { number: 1, visits: 3 * KEYS.length, diffs: 0 });
    assertEquals(it.users.report().compared, 5 * KEYS.length);
  });

  it("never forgets a diff, and asks for more key visits after it", async () => {
    const it = await rig({ gate: { threshold: 1e-3 } });
    it.newMap.delete("k1");
    await readFor(it, 1);
    it.newMap.set("k1", 1);
    await readFor(it, 120);
    assertEquals(counts(it), { number: 1, visits: 121 * KEYS.length, diffs: 1 });
    const { certification } = it.users.report().gate;
    assert(certification.visitsNeeded > 6_800, `${certification.visitsNeeded}`);
  });

  it("goes on through ordinary moves, and begins anew at off, at complete, and at a backfill", async () => {
    const it = await rig({ gate: { threshold: 0.1, holdMs: 0 } });
    await readFor(it, 1);
    const { visits } = counts(it);
    it.users.stage("dualwrite");
    it.users.stage("shadow");
    await it.clock.until(it.users.sweep());
    const before = counts(it).visits;
    assert(before >= visits);
    it.users.stage("live", { percent: 5 });
    it.users.stage("live", { percent: 50 });
    it.users.stage("rampdown", forced("rampdown"));
    assertEquals(counts(it).visits, before);

    it.users.stage("complete", forced("complete"));
    assertEquals(counts(it), { number: 2, visits: 0, diffs: 0 });
    it.users.stage("rampdown");
    await it.clock.until(it.users.backfill());
    assertEquals(counts(it).visits, 0);
    assertEquals(it.users.report().gate.episode.why, "a backfill ended");
    assertEquals(it.users.report().compared > 0, true);
  });

  it("costs certainty only if it could have passed", async () => {
    const it = await rig();
    await readFor(it, 1);
    for (const stage of ["dualwrite", "off", "dualwrite"] as const) it.users.stage(stage);
    assertEquals(counts(it), { number: 1, visits: 0, diffs: 0 });
  });

  it("begins anew, as the first one, once the new map is declared to be repaired", async () => {
    const it = await rig({ gate: { threshold: 0.1, holdMs: 0 } });
    it.newMap.fault = "throws";
    await readFor(it, 1);
    assertEquals(it.users.report().gate.verdict, "fail");
    it.newMap.fault = undefined;
    it.users.reset("it throws no more");
    const { gate, decisions, diffs } = it.users.report();
    assertEquals([gate.episode.number, gate.episode.diffs, gate.episode.why], [1, 0, "it throws no more"]);
    assertEquals([decisions[0]?.kind, decisions[0]?.why, diffs > 0], ["reset", "it throws no more", true]);
    await readFor(it, 1);
    assertEquals(it.users.report().gate.verdict, "hold");
    assertEquals(await it.clock.until(it.users.sweep()), true);
    assertEquals(it.users.report().gate.verdict, "pass");
    assertThrows(() => it.users.reset(""), RangeError, "why must be a string of 1 to 500 characters");
    it.users.close();
    assertThrows(() => it.users.reset("again"), StageError, "the twin is closed");
  });
});

describe("the hour without a break", () => {
  it("is right though nobody looks", async () => {
    const it = await rig();
    await readFor(it, 59);
    assertEquals(condition(it, "hold")?.verdict, "hold");
    await readFor(it, 1);
    assertEquals(condition(it, "hold")?.verdict, "pass");
  });

  it("begins anew after a minute without a comparison, and goes on after one with a diff, which stays in the counts", async () => {
    const it = await rig();
    await readFor(it, 60);
    await it.clock.advance(2 * MINUTE_MS);
    assertEquals(condition(it, "hold")?.reason, "0 seconds of 1 hour without a break");
    await readFor(it, 60);
    assertEquals(condition(it, "hold")?.verdict, "pass");
    it.newMap.delete("k1");
    await readFor(it, 1);
    it.newMap.set("k1", 1);
    assertEquals(condition(it, "hold")?.verdict, "pass");
    assertEquals(counts(it).diffs, 1);
  });

  it("is asked for once, before the new map answers its first key", async () => {
    const it = await rig({ gate: { threshold: 0.1, holdMs: 5 * MINUTE_MS } });
    await it.clock.until(it.users.sweep());
    await readFor(it, 6);
    it.users.stage("live", { percent: 5 });
    await it.clock.advance(3 * MINUTE_MS);
    it.users.stage("live", { percent: 6 });
    it.users.reset("another new map");
    assertEquals(condition(it, "hold")?.verdict, "hold");
  });

  it("is still asked for after a forced move", async () => {
    const it = await rig({ gate: { threshold: 0.1, holdMs: 5 * MINUTE_MS } });
    await readFor(it, 1);
    it.users.stage("live", { percent: 5, force: "in a hurry" });
    assertEquals(condition(it, "hold")?.verdict, "hold");
  });
});

describe("twin(), the option gate", () => {
  it("judges late keys by a threshold of their own, which is not below that of diffs unless it is given", () => {
    const thresholds = (gate?: TwinOptions<string, number>["gate"]) => {
      const { threshold, lateThreshold } = twin(new Map(), new Map(), gate === undefined ? {} : { gate }).report().gate;
      return [threshold, lateThreshold];
    };
    assertEquals(thresholds(), [1e-6, 1e-3]);
    assertEquals(thresholds({ threshold: 0.01 }), [0.01, 0.01]);
    assertEquals(thresholds({ lateThreshold: 1e-5 }), [1e-6, 1e-5]);
    assertEquals(thresholds({ threshold: 0.01, lateThreshold: 1e-5 }), [0.01, 1e-5]);
  });

  it("is checked, and named with its own options", () => {
    const create = (gate: object) => () => twin(new Map(), new Map(), { gate });
    assertThrows(create({ threshold: 0 }), RangeError, "Cannot create a twin: gate.threshold must be a number from");
    assertThrows(create({ lateThreshold: 0.2 }), RangeError, "gate.lateThreshold must be a number from 1e-12 to 0.1");
    assertThrows(create({ holdMs: "1" }), TypeError, "gate.holdMs must be a number from 0 to 2592000000");
    assertThrows(create({ confidence: 1 }), RangeError, "gate.confidence must be a number from 0.5 to 0.9999");
    assertThrows(create({ minKeys: 0.5 }), RangeError, "gate.minKeys must be a whole number from 0");
    assertThrows(
      create({ latencyFactor: 1 }),
      RangeError,
      "gate.latencyFactor must be a number from 1.25 to 1000, or be null",
    );
    assertThrows(create({ sweepMaxAgeMs: 999 }), RangeError, "gate.sweepMaxAgeMs must be a number from 1000 to");
    const check = () => "pass" as const;
    assertThrows(create({ checks: {} }), TypeError, "gate.checks must be an array of up to 100 checks: received");
    assertThrows(create({ checks: Array(101).fill({ name: "x", check }) }), RangeError, "an array of up to 100 checks");
    assertThrows(create({ checks: [null] }), TypeError, "gate.checks[0] must be an object: received null");
    assertThrows(create({ checks: [{ check }] }), TypeError, "gate.checks[0].name must be a string");
    assertThrows(create({ checks: [{ name: "p99" }] }), TypeError, "gate.checks[0].check must be a function");
    assertThrows(create({ checks: [{ name: "p99", check, every: 5 }] }), TypeError, 'option "gate.checks[0].every"');
    assertThrows(
      create({ checks: [{ name: "p99", check, everyMs: 5 }] }),
      RangeError,
      "gate.checks[0].everyMs must be",
    );
    const twice = [{ name: "p99", check }, { name: "p99", check }];
    assertThrows(create({ checks: twice }), RangeError, "gate.checks[1].name must be different from the names of the");
    assertThrows(
      create({ hold: 1 }),
      TypeError,
      'unknown option "gate.hold"; known: gate.threshold, gate.lateThreshold',
    );
    assertThrows(create(5 as unknown as object), TypeError, "gate must be an object: received 5");
  });

  it("shows in the report", async () => {
    const { users } = await rig({ gate: { threshold: 0.01, minKeys: 7 } });
    const { threshold, lateThreshold, holdMs, confidence, minKeys, latencyFactor, sweepMaxAgeMs } = users.report().gate;
    assertEquals({ threshold, lateThreshold, holdMs, confidence, minKeys, latencyFactor, sweepMaxAgeMs }, {
      threshold: 0.01,
      lateThreshold: 0.01,
      holdMs: 3_600_000,
      confidence: 0.95,
      minKeys: 7,
      latencyFactor: null,
      sweepMaxAgeMs: null,
    });
  });
});
