import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { UnbrokenTime } from "../../../verify/stats/unbroken_time.ts";

const MINUTE_MS = 60_000;

describe("UnbrokenTime", () => {
  it("counts from its beginning, within a minute, as long as every minute has a comparison", () => {
    const unbroken = new UnbrokenTime(30_000, 0, 0);
    for (let at = 1; at <= 10; at++) unbroken.advance(at * MINUTE_MS - 1_000, at, 0);
    assertEquals(unbroken.ms(10 * MINUTE_MS), 10 * MINUTE_MS - 30_000);
  });

  it("asks for no comparison in the minute that has just begun", () => {
    const unbroken = new UnbrokenTime(0, 0, 0);
    unbroken.advance(59_000, 1, 0);
    unbroken.advance(MINUTE_MS, 1, 0);
    assertEquals(unbroken.ms(MINUTE_MS + 500), MINUTE_MS + 500);
  });

  it("begins anew after a minute without a comparison, whether or not it was told anything in it", () => {
    const told = new UnbrokenTime(0, 0, 0);
    told.advance(1_000, 1, 0);
    told.advance(MINUTE_MS, 1, 0);
    told.advance(2 * MINUTE_MS + 1_000, 2, 0);
    assertEquals(told.ms(3 * MINUTE_MS), MINUTE_MS);

    const untold = new UnbrokenTime(0, 0, 0);
    untold.advance(1_000, 1, 0);
    untold.advance(5 * MINUTE_MS + 1_000, 2, 0);
    assertEquals(untold.ms(6 * MINUTE_MS), MINUTE_MS);
  });

  it("begins anew after the minute of a diff", () => {
    const unbroken = new UnbrokenTime(0, 0, 0);
    unbroken.advance(10_000, 5, 1);
    assertEquals(unbroken.ms(50_000), 0);
    unbroken.advance(70_000, 6, 1);
    assertEquals(unbroken.ms(2 * MINUTE_MS), MINUTE_MS);
  });

  it("begins anew where it is told to, at once, and not before the end of a minute with a diff", () => {
    const unbroken = new UnbrokenTime(0, 0, 0);
    unbroken.break(20_000);
    assertEquals([20_000, 50_000].map((ms) => unbroken.ms(ms)), [0, 30_000]);
    unbroken.advance(40_000, 1, 1);
    unbroken.break(50_000);
    assertEquals(unbroken.ms(MINUTE_MS + 1), 1);
  });

  it("does not count what was counted before it began", () => {
    const unbroken = new UnbrokenTime(0, 7, 3);
    unbroken.advance(MINUTE_MS - 1, 7, 3);
    unbroken.advance(MINUTE_MS, 7, 3);
    assertEquals(unbroken.ms(MINUTE_MS), 0);
  });
});
