import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { seededRandom } from "../../../testing/seeded_random.ts";
import { latencyCondition } from "../../../verify/gate/latency_condition.ts";
import { LatencyHistogram } from "../../../verify/stats/histogram.ts";

/** Log-normal latencies, as those of a store; those of the new map are `ratio` times as long. */
function sampled(count: number, ratio: number, random: () => number) {
  const latency = { old: new LatencyHistogram(), new: new LatencyHistogram() };
  const normal = () => Math.sqrt(-2 * Math.log1p(-random())) * Math.cos(2 * Math.PI * random());
  for (let at = 0; at < count; at++) {
    latency.old.record(3e5 * Math.exp(0.6 * normal()));
    latency.new.record(ratio * 3e5 * Math.exp(0.6 * normal()));
  }
  return latency;
}

function judged(latency: { old: LatencyHistogram; new: LatencyHistogram }, latencyFactor: number | null) {
  return latencyCondition({ latency, episode: 1 }, { latencyFactor, confidence: 0.95 });
}

const always = (ns: number) => {
  const histogram = new LatencyHistogram();
  for (let at = 0; at < 2_000; at++) histogram.record(ns);
  return histogram;
};

describe("latencyCondition()", () => {
  it("passes where no factor is asked for", () => {
    const none = sampled(0, 1, Math.random);
    assertEquals(judged(none, null), { name: "latency", verdict: "pass", reason: "no latencyFactor is asked for" });
    assertEquals(judged(none, 1.5), {
      name: "latency",
      verdict: "hold",
      reason: "reads of the new map against those of the old one: p50 not known yet, p99 not known yet; " +
        "not yet certain to be at most 1.5 times",
    });
  });

  it("passes a new map that is as fast, fails one that is slower, and holds until it knows", () => {
    const random = seededRandom(99);
    const verdict = (count: number, ratio: number) => judged(sampled(count, ratio, random), 1.5).verdict;
    assertEquals([verdict(400, 1), verdict(10_000, 1), verdict(10_000, 0.5)], ["hold", "pass", "pass"]);
    assertEquals([verdict(10_000, 1.5), verdict(10_000, 2.2)], ["hold", "fail"]);
    assertEquals(
      judged({ old: always(1_000), new: always(1_500) }, 2).reason,
      "reads of the new map against those of the old one: p50 1.4 to 1.5 times, p99 1.4 to 1.5 times; " +
        "at most 2 times is allowed",
    );
  });

  it("fails for the tail alone", () => {
    const slow = always(1_000);
    for (let at = 0; at < 100; at++) slow.record(9_000);
    const { verdict, reason } = judged({ old: always(1_000), new: slow }, 1.5);
    assertEquals(verdict, "fail");
    assert(reason.includes("p50 0.97 to 1 times, p99 8.5 to 9.3 times"), reason);
  });

  it("makes nothing of what is too short for the clock", () => {
    assertEquals(judged({ old: always(0), new: always(1_000) }, 1.5).verdict, "hold");
    assertEquals(judged({ old: always(1_000), new: always(0) }, 1.5).verdict, "pass");
    assertEquals(judged({ old: always(0), new: always(0) }, 1.5).verdict, "pass");
  });

  it("asks later episodes for more", () => {
    const random = seededRandom(7);
    const latency = sampled(4_000, 1, random);
    const verdict = (episode: number) =>
      latencyCondition({ latency, episode }, { latencyFactor: 1.5, confidence: 0.95 }).verdict;
    assertEquals([verdict(1), verdict(1_000)], ["pass", "hold"]);
  });
});
