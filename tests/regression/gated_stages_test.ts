/** A clean sweep opened every stage for ever: with one diff in 14 comparisons, all moves were let through. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Stage, StageError, twin, type TwinMap, type TwinOptions } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { forced, moveTo } from "../move_to.ts";
import { shadowed, type ShadowedRig } from "./shadowed_rig.ts";

const KEYS = Array.from({ length: 500 }, (_, i) => `k${i}`);
/** A gate that some hundred key visits are enough for. */
const GATE = { threshold: 0.01, holdMs: 0 };

/** A twin at shadow that was swept clean. */
async function rig(options: TwinOptions<string, number> = {}): Promise<ShadowedRig> {
  const rig = await shadowed(KEYS, { gate: GATE, ...options });
  assertEquals(await rig.clock.until(rig.users.sweep()), true);
  return rig;
}

async function readAll({ clock, users }: ShadowedRig): Promise<void> {
  for (const key of KEYS) users.get(key);
  await clock.until(users.settle());
}

function missingFor(users: TwinMap<string, number>, stage: Stage): readonly string[] {
  const options = stage === "live" ? { percent: 1 } : {};
  return assertThrows(() => users.stage(stage, options), StageError).missing;
}

function isClean(users: TwinMap<string, number>): boolean {
  return users.report().gate.conditions.some(({ name, verdict }) => name === "sweep" && verdict === "pass");
}

describe("TwinMap.stage(), past shadow", () => {
  it("is refused where reads differ, after a clean sweep as well", async () => {
    const it = await rig();
    it.newMap.fault = "throws";
    await readAll(it);
    assertEquals(it.users.report().gate.verdict, "fail");
    assertEquals(missingFor(it.users, "live").some((reason) => reason.includes("above the threshold of 1 %")), true);
  });

  it("goes on where the gate passes, and asks it again at each larger percentage", async () => {
    const it = await rig();
    assertEquals(it.users.report().gate.verdict, "pass");
    it.users.stage("live", { percent: 5 });
    it.users.stage("live", { percent: 50 });
    it.newMap.delete("k0");
    it.users.get("k0");
    await it.clock.until(it.users.settle());
    for (const percent of [51, 100]) {
      assertThrows(() => it.users.stage("live", { percent }), StageError, "a sweep of all keys must finish clean");
    }
    assertEquals(missingFor(it.users, "rampdown").includes("a sweep of all keys must finish clean"), true);
    it.users.stage("live", { percent: 49 });
    it.users.stage("live", { percent: 0 });
    it.users.stage("shadow");
    it.users.stage("live", { percent: 0 });
  });

  it("asks before the old map is given up", async () => {
    const it = await rig();
    it.users.stage("live", { percent: 100 });
    it.users.stage("rampdown");
    it.newMap.delete("k0");
    assertEquals(await it.clock.until(it.users.sweep()), false);
    assertEquals(missingFor(it.users, "complete")[0], "a sweep of all keys must finish clean");
  });

  it("goes past the gate by force, and records why, when, and what was missing", async () => {
    const it = await rig({ gate: {} });
    const missing = missingFor(it.users, "live");
    it.users.stage("live", { percent: 5, force: "the old map is on fire" });
    const { decisions, stage, percent, reportedAt } = it.users.report();
    assertEquals([stage, percent], ["live", 5]);
    assertEquals(decisions, [
      { at: reportedAt, kind: "force", stage, percent, why: "the old map is on fire", missing: [...missing] },
    ]);
  });

  it("keeps the last twenty decisions", async () => {
    const { users } = await rig({ gate: {} });
    for (let i = 0; i < 30; i++) users.stage("live", { percent: i, force: `${i}` });
    const { decisions } = users.report();
    assertEquals([decisions.length, decisions[0]?.why, decisions.at(-1)?.why], [20, "29", "10"]);
  });
});

describe("a clean sweep", () => {
  it("is void after a diff", async () => {
    const { users, clock, newMap } = await rig();
    newMap.set("k1", -1);
    users.get("k1");
    await clock.until(users.settle());
    assertEquals([users.report().diffs, isClean(users)], [1, false]);
    newMap.set("k1", 1);
    assertEquals(await clock.until(users.sweep()), true);
    assertEquals(isClean(users), true);
  });

  it("does not open the gate while a key that looked different waits to be looked at again", async () => {
    const { users, clock, newMap } = await rig();
    newMap.delete("k1");
    users.get("k1");
    await clock.advance(1);
    assertEquals([users.report().diffs, users.report().pending], [0, 1]);
    assertEquals(missingFor(users, "live"), [
      "1 key looked different since the clean sweep, and must be looked at again",
    ]);
    newMap.set("k1", 1);
    await clock.until(users.settle());
    assertEquals(missingFor(users, "live")[0], "a sweep of all keys must finish clean");
  });

  it("opens the gate though a key waits that was only written while it was looked at", async () => {
    let writes = 0;
    const { users, clock, newMap } = await rig({ equals: (a, b) => (writes++, users.set("other", writes), a === b) });
    newMap.set("k1", 7);
    users.get("k1");
    await clock.advance(1);
    assertEquals([users.report().pending > 0, isClean(users)], [true, true]);
  });

  it("is void after an error at a mirrored write, at a key that is not compared, too", async () => {
    const { users, newMap } = await rig({ sample: 0 });
    newMap.fault = "throws";
    users.set("k1", 1);
    assertEquals([users.report().diffs, users.report().mirror.errors, isClean(users)], [0, 1, false]);
  });

  it("is void after a late key", async () => {
    const { users, clock, newMap } = await rig();
    newMap.delete("k1");
    users.get("k1");
    await clock.advance(1);
    newMap.set("k1", 1);
    await clock.until(users.settle());
    assertEquals([users.report().late, isClean(users)], [1, false]);
  });

  it("is none if one of its comparisons was dropped", async () => {
    const { users, clock, newMap } = await rig({ maxPending: 1 });
    for (const key of KEYS.slice(0, 5)) newMap.delete(key);
    const swept = users.sweep();
    for (const key of KEYS.slice(0, 5)) users.get(key);
    await clock.advance(1);
    for (const [i, key] of KEYS.slice(0, 5).entries()) newMap.set(key, i);
    assertEquals(await clock.until(swept), false);
    assertEquals(isClean(users), false);
  });

  it("is none if a mirrored write failed while it ran", async () => {
    const { users, clock, newMap } = await rig();
    const swept = users.sweep();
    newMap.fault = "throws";
    users.set("new", 1);
    newMap.fault = undefined;
    users.delete("new");
    assertEquals(await clock.until(swept), false);
    assertEquals([users.report().sweep.clean, isClean(users)], [false, false]);
  });
});

describe("TwinMap.stage(), back", () => {
  it("needs no gate, only an old map that holds everything", async () => {
    const { users, newMap } = await rig({ gate: {} });
    users.stage("live", forced("live", 50));
    newMap.fault = "throws";
    assertThrows(() => KEYS.map((key) => users.get(key)), Error, "out of order");
    users.stage("live", { percent: 0 });
    users.stage("shadow");
    users.stage("dualwrite");
    users.stage("off");
    assertEquals(users.get("k1"), 1);
  });

  it("is not forced to an old map that lacks entries", async () => {
    const clock = new ManualClock();
    const users = twin(new Map([["a", 1]]), new Map<string, number>(), { clock });
    await moveTo(users, clock, "complete");
    users.set("b", 1);
    users.stage("rampdown");
    assertThrows(
      () => users.stage("live", { percent: 0, force: "in a hurry" }),
      StageError,
      "a backfill from the new map to the old one must finish",
    );
    assertEquals(users.get("b"), 1);
  });

  it("lets nobody raise the percentage once the twin is closed and compares nothing, but lower it", async () => {
    const { users } = await rig();
    users.stage("live", { percent: 5 });
    users.close();
    assertThrows(() => users.stage("live", { percent: 6 }), StageError, "the twin is closed");
    assertThrows(() => users.stage("live", { percent: 6, force: "a test" }), StageError, "the twin is closed");
    users.stage("live", { percent: 0 });
    assertEquals(users.report().percent, 0);
  });

  it("is shut while comparisons wait, as they do for ever if the clock stops", async () => {
    const { clock, users } = await rig();
    users.stage("live", { percent: 5 });
    for (const key of KEYS) users.get(key);
    assertThrows(() => users.stage("live", { percent: 6 }), StageError, "inconclusive, dropped or pending");
    await clock.until(users.settle());
    users.stage("live", { percent: 6 });
  });
});
