import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ClosableClock } from "../../../verify/work/closable_clock.ts";
import { nextTurn } from "../../../verify/work/slices.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

/** A clock, the clock under it, and the names of the tasks that have run. */
function rig() {
  const manual = new ManualClock();
  const clock = new ClosableClock(manual);
  const ran: string[] = [];
  const schedule = (name: string, delayMs: number) => clock.schedule(() => ran.push(name), delayMs);
  return { manual, clock, ran, schedule };
}

describe("ClosableClock", () => {
  it("passes the time and the tasks on to the clock that it was given", async () => {
    const { manual, clock, ran, schedule } = rig();
    schedule("late", 20);
    schedule("soon", 10);
    await manual.advance(10);
    assertEquals(ran, ["soon"]);
    await manual.advance(10);
    assertEquals(ran, ["soon", "late"]);
    assertEquals([clock.now(), clock.monotonicMs()], [manual.now(), manual.monotonicMs()]);
  });

  it("cancels what is scheduled when it is closed, and runs it once, but never within that call", async () => {
    const { manual, clock, ran, schedule } = rig();
    schedule("turn", 0);
    schedule("late", 1_000);
    clock.close();
    assertEquals([ran, manual.scheduled], [[], 0]);
    await Promise.resolve();
    assertEquals(ran, ["turn", "late"]);
    clock.close();
    await manual.advance(2_000);
    assertEquals(ran, ["turn", "late"]);
  });

  it("lets those go on who wait for their turn", async () => {
    const { clock } = rig();
    const turn = nextTurn(clock, 1_000);
    clock.close();
    await turn;
  });

  it("schedules nothing but the next turn once it is closed", async () => {
    const { manual, clock, ran, schedule } = rig();
    clock.close();
    schedule("late", 1);
    schedule("turn", 0);
    await manual.advance(1_000);
    assertEquals([ran, manual.scheduled], [["turn"], 0]);
  });
});
