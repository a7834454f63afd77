/** An aborted backfill or sweep went on if another one started before it had noticed. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { StageError, twin, type TwinMap } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";

const ENTRIES = 20;

function rig(): { clock: ManualClock; users: TwinMap<number, number> } {
  const clock = new ManualClock();
  const held = Array.from({ length: ENTRIES }, (_, i) => [i, i] as const);
  return { clock, users: twin(new Map(held), new Map(held), { clock }) };
}

function abort(users: TwinMap<number, number>): void {
  users.stage("off");
  users.stage("dualwrite");
}

describe("TwinMap.backfill()", () => {
  it("stops when it is aborted, even if another one is running", async () => {
    const { clock, users } = rig();
    users.stage("dualwrite");
    const stateThen = users.backfill().then(() => users.report().backfill.state);
    abort(users);
    await clock.until(users.backfill());
    assertEquals(await stateThen, "running");
    const { state, done, total } = users.report().backfill;
    assertEquals([state, done, total], ["done", ENTRIES, ENTRIES]);
  });

  it("does not count as finished if it was aborted", async () => {
    const { clock, users } = rig();
    users.stage("dualwrite");
    const aborted = users.backfill();
    abort(users);
    await clock.until(aborted);
    users.stage("shadow");
    const missing = assertThrows(() => users.stage("live", { percent: 1 }), StageError).missing;
    assertEquals(missing.slice(0, 2), ["a backfill must finish", "a sweep of all keys must finish clean"]);
  });
});

describe("TwinMap.sweep()", () => {
  it("stops when it is aborted, even if another one is running", async () => {
    const { clock, users } = rig();
    users.stage("dualwrite");
    const first = users.sweep();
    const stateThen = first.then(() => users.report().sweep.state);
    abort(users);
    assertEquals(await clock.until(users.sweep()), true);
    assertEquals([await first, await stateThen], [false, "running"]);
    const { state, done, total } = users.report().sweep;
    assertEquals([state, done, total], ["done", 2 * ENTRIES, 2 * ENTRIES]);
  });

  it("stays paused if it is paused right after it was resumed", async () => {
    const { clock, users } = rig();
    users.stage("dualwrite");
    users.sweep();
    users.pause();
    await clock.advance(10);
    users.resume();
    users.pause();
    await clock.advance(100);
    assertEquals([users.report().sweep.state, users.report().sweep.done], ["paused", 0]);
  });
});
