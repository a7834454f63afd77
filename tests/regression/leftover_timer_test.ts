import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Clock, twin, type TwinMap } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";

/** A clock of a user's own, written before a task could be cancelled: it calls every task, however late. */
class OlderClock implements Clock {
  readonly #clock = new ManualClock();

  now(): number {
    return this.#clock.now();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  schedule(task: () => void, delayMs: number): void {
    this.#clock.schedule(task, delayMs);
  }

  advance(ms: number): Promise<void> {
    return this.#clock.advance(ms);
  }
}

function someTwin(clock: Clock, mirror: "inline" | "queued" = "inline"): TwinMap<string, number> {
  return twin<string, number>(new Map([["a", 1]]), new Map(), { clock, mirror, sample: 1 / 8 });
}

describe("a twin that is closed", () => {
  for (const mirror of ["inline", "queued"] as const) {
    it(`leaves nothing scheduled after use, ${mirror}`, async () => {
      const clock = new ManualClock();
      {
        await using users = someTwin(clock, mirror);
        await moveTo(users, clock, "shadow");
        for (let i = 0; i < 1_000; i++) users.set(`key ${i}`, i).get(`key ${i}`);
        await clock.until(users.settle());
      }
      assertEquals(clock.scheduled, 0);
    });
  }

  it("leaves nothing scheduled whatever was under way, and ends it", async () => {
    for (const work of ["backfill", "sweep"] as const) {
      const clock = new ManualClock();
      const users = someTwin(clock);
      users.stage("dualwrite");
      users.set("b", 2);
      const end = users[work]();
      users.close();
      assertEquals(clock.scheduled, 0, work);
      await end;
    }
  });

  it("schedules nothing for later any more, but still mirrors", async () => {
    const clock = new ManualClock();
    const newMap = new Map<string, number>();
    const users = twin<string, number>(new Map(), newMap, { clock, mirror: "queued" });
    users.stage("dualwrite");
    users.close();
    users.set("a", 1);
    users.clear();
    users.set("b", 2);
    await clock.advance(0);
    assertEquals([[...newMap], clock.scheduled], [[["b", 2]], 0]);
  });

  it("needs no clock that can cancel", async () => {
    const clock = new OlderClock();
    const users = someTwin(clock);
    users.stage("dualwrite");
    const end = users.backfill();
    users.close();
    await end;
    await clock.advance(1_000);
    assertEquals(users.report().backfill.state, "aborted");
  });
});
