/** Once the hour was over, a move was let through though nothing had been compared for a month. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Clock, NativeMap, StageError, twin, type TwinMap } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const KEYS = Array.from({ length: 500 }, (_, i) => `k${i}`);
/** A gate that some hundred key visits are enough for. */
const GATE = { threshold: 0.01, holdMs: MINUTE_MS };

interface Rig {
  readonly clock: ManualClock;
  readonly users: TwinMap<string, number>;
}

/** A twin at live with 1 %, for which the gate passes. `seen` is the clock as the twin sees it. */
async function rig(seen: (clock: ManualClock) => Clock = (clock) => clock): Promise<Rig> {
  const clock = new ManualClock();
  const oldMap = new NativeMap(KEYS.map((key, i) => [key, i]));
  const users = twin(oldMap, new NativeMap<string, number>(), { clock: seen(clock), gate: GATE });
  await moveTo(users, clock, "shadow");
  await clock.until(users.sweep());
  for (let minute = 0; minute < 3; minute++) {
    for (const key of KEYS) users.get(key);
    await clock.advance(MINUTE_MS);
  }
  users.stage("live", { percent: 1 });
  assertEquals(recent(users).verdict, "pass");
  return { clock, users };
}

function recent(users: TwinMap<string, number>): { verdict?: string; reason?: string } {
  const { verdict, reason } = users.report().gate.conditions.find(({ name }) => name === "recent") ?? {};
  return { ...(verdict === undefined ? {} : { verdict }), ...(reason === undefined ? {} : { reason }) };
}

/** What stands against answering all keys from the new map. */
function missing(users: TwinMap<string, number>): readonly string[] {
  return assertThrows(() => users.stage("live", { percent: 100 }), StageError).missing;
}

describe("evidence that has grown old", () => {
  it("holds the gate, until something is compared again", async () => {
    const { clock, users } = await rig();
    await clock.advance(30 * DAY_MS);
    assertEquals(missing(users), [
      "the last comparison ended 43,201 minutes ago: one must have ended in the last 10 minutes",
    ]);
    for (const key of KEYS) users.get(key);
    await clock.until(users.settle());
    users.stage("live", { percent: 100 });
  });

  it("is made new by a sweep, though nobody uses the map", async () => {
    const { clock, users } = await rig();
    await clock.advance(DAY_MS);
    assertEquals(await clock.until(users.sweep()), true);
    await clock.advance(9 * MINUTE_MS);
    assertEquals(recent(users).verdict, "pass");
    await clock.advance(2 * MINUTE_MS);
    assertEquals(missing(users).length, 1);
  });

  it("is not made new by whoever looks at it first", async () => {
    const { clock, users } = await rig();
    assertEquals(await clock.until(users.sweep()), true);
    await clock.advance(DAY_MS);
    assertEquals([missing(users).length, missing(users).length], [1, 1]);
  });

  it("is made new by the answers to one write", async () => {
    const { clock, users } = await rig();
    await clock.advance(DAY_MS);
    users.delete("k0");
    assertEquals(recent(users).verdict, "pass");
  });

  it("holds the gate if the verifier stopped, while callers go on", async () => {
    let stopped = false;
    const { clock, users } = await rig((clock) => ({
      now: () => clock.now(),
      monotonicMs: () => clock.monotonicMs(),
      schedule: (task, delayMs) => stopped ? undefined : clock.schedule(task, delayMs),
    }));
    stopped = true;
    for (let minute = 0; minute < 11; minute++) {
      for (const key of KEYS.slice(0, 3)) users.get(key);
      await clock.advance(MINUTE_MS);
    }
    assertEquals(recent(users).verdict, "hold");
  });

  it("holds the gate if the clock was set back, until something is compared again", async () => {
    let backMs = 0;
    const { clock, users } = await rig((clock) => ({
      now: () => clock.now() - backMs,
      monotonicMs: () => clock.monotonicMs(),
      schedule: (task, delayMs) => clock.schedule(task, delayMs),
    }));
    backMs = DAY_MS;
    const reason = "no comparison is known to have ended in this episode: one must have ended in the last 10 minutes";
    assertEquals(recent(users), { verdict: "hold", reason });
    await clock.advance(DAY_MS);
    assertEquals(recent(users).verdict, "hold");
    users.get("k0");
    await clock.until(users.settle());
    assertEquals(recent(users).verdict, "pass");
  });

  it("is none in a new episode", async () => {
    const { users } = await rig();
    users.reset("another new map");
    assertEquals(recent(users).verdict, "hold");
  });

  it("is not taken for the evidence of a clock that was set back, where time passes while a report is made", async () => {
    let readings = 0;
    const { users } = await rig((clock) => ({
      now: () => clock.now() + ++readings,
      monotonicMs: () => clock.monotonicMs(),
      schedule: (task, delayMs) => clock.schedule(task, delayMs),
    }));
    users.report();
    assertEquals(recent(users).verdict, "pass");
  });
});
