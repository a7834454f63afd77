import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { roughTimeSpan, timeSpan } from "../../../verify/stats/time_span.ts";

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000] as const;

describe("timeSpan()", () => {
  it("takes the largest unit that fits exactly", () => {
    const spans = [0, 1, 250, SECOND, 1_500, 10 * SECOND, 90 * SECOND, MINUTE, 90 * MINUTE, HOUR, DAY, 30 * DAY];
    assertEquals(spans.map(timeSpan), [
      "0 seconds",
      "1 millisecond",
      "250 milliseconds",
      "1 second",
      "1.5 seconds",
      "10 seconds",
      "90 seconds",
      "1 minute",
      "90 minutes",
      "1 hour",
      "1 day",
      "30 days",
    ]);
  });
});

describe("roughTimeSpan()", () => {
  it("takes the largest unit that there are two of, and rounds as asked", () => {
    const spans = [300, 119.5 * SECOND, 59.5 * MINUTE, 2.4 * HOUR, 1_500.5 * DAY];
    assertEquals(spans.map((ms) => roughTimeSpan(ms, Math.floor)), [
      "0 seconds",
      "119 seconds",
      "59 minutes",
      "2 hours",
      "1,500 days",
    ]);
    assertEquals(spans.map((ms) => roughTimeSpan(ms, Math.ceil)), [
      "1 second",
      "2 minutes",
      "1 hour",
      "3 hours",
      "1,501 days",
    ]);
  });
});
