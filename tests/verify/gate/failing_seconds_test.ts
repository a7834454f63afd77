import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FailingSeconds } from "../../../verify/gate/failing_seconds.ts";

describe("FailingSeconds", () => {
  it("counts the seconds in which more than 1 % of the calls failed", () => {
    const failing = new FailingSeconds({ made: 1_000, failed: 500 });
    const totals = [[1_100, 501], [1_200, 503], [1_200, 503], [1_200, 504], [1_201, 505]] as const;
    const counts = totals.map(([made, failed], second) => {
      failing.advance({ made, failed }, second * 1_000);
      return failing.within(60_000, second * 1_000);
    });
    assertEquals(counts, [0, 1, 1, 2, 3]);
  });

  it("forgets those that are older than asked for, and all after ten minutes", () => {
    const failing = new FailingSeconds({ made: 0, failed: 0 });
    for (let second = 0; second < 20; second++) {
      failing.advance({ made: second + 1, failed: second + 1 }, second * 1_000);
    }
    const calls = { made: 20, failed: 20 };
    failing.advance(calls, 70_000);
    assertEquals([failing.within(60_000, 70_000), failing.within(600_000, 70_000)], [9, 20]);
    failing.advance(calls, 610_000);
    assertEquals(failing.within(600_000, 610_000), 9);
    failing.advance(calls, 619_000);
    assertEquals(failing.within(Infinity, 619_000), 0);
  });

  it("remembers no more than ten minutes have seconds, though the clock is set back", () => {
    const failing = new FailingSeconds({ made: 0, failed: 0 });
    for (let second = 0; second < 2_000; second++) {
      failing.advance({ made: second + 1, failed: second + 1 }, -second * 1_000);
    }
    assertEquals(failing.within(Infinity, -2_000_000), 600);
  });
});
