import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { UnbrokenTime } from "../../../verify/stats/unbroken_time.ts";

const MINUTE_MS = 60_000;

describe("UnbrokenTime", () => {
  it("counts from its beginning, within a minute, as long as every minute has a comparison", () => {
    const unbroken = new UnbrokenTime(30_000, 0);
    for (let at = 1; at <= 10; at++) unbroken.advance(at * MINUTE_MS - 1_000, at);
    assertEquals(unbroken.ms(10 * MINUTE_MS), 10 * MINUTE_MS - 30_000);
  });

  it("asks for no comparison in the minute that has just begun", () => {
    const unbroken = new UnbrokenTime(0, 0);
    unbroken.advance(59_000, 1);
    unbroken.advance(MINUTE_MS, 1);
    assertEquals(unbroken.ms(MINUTE_MS + 500), MINUTE_MS + 500);
  });

  it("begins anew after a minute without a comparison, whether or not it was told anything in it", () => {
    const told = new UnbrokenTime(0, 0);
    told.advance(1_000, 1);
    told.advance(MINUTE_MS, 1);
    told.advance(2 * MINUTE_MS + 1_000, 2);
    assertEquals(told.ms(3 * MINUTE_MS), MINUTE_MS);

    const untold = new UnbrokenTime(0, 0);
    untold.advance(1_000, 1);
    untold.advance(5 * MINUTE_MS + 1_000, 2);
    assertEquals(untold.ms(6 * MINUTE_MS), MINUTE_MS);
  });

  it("begins anew where it is told to, at once, and never earlier than it would have", () => {
    const unbroken = new UnbrokenTime(0, 0);
    unbroken.break(20_000);
    assertEquals([20_000, 50_000].map((ms) => unbroken.ms(ms)), [0, 30_000]);
    unbroken.advance(3 * MINUTE_MS, 1);
    unbroken.break(2 * MINUTE_MS);
    assertEquals(unbroken.ms(3 * MINUTE_MS + 1), 1);
  });

  it("does not count what was counted before it began", () => {
    const unbroken = new UnbrokenTime(0, 7);
    unbroken.advance(MINUTE_MS - 1, 7);
    unbroken.advance(MINUTE_MS, 7);
    assertEquals(unbroken.ms(MINUTE_MS), 0);
  });
});
