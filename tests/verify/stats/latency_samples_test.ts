import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { LatencySamples } from "../../../verify/stats/latency_samples.ts";

describe("LatencySamples", () => {
  it("takes at most one latency of each side per 100 ms", () => {
    const samples = new LatencySamples();
    for (let ms = 0; ms <= 250; ms += 10) {
      samples.record("old", ms, ms);
      if (ms >= 50) samples.record("new", ms, ms);
    }
    assertEquals([samples.old.count, samples.old.sumNs], [3, 0 + 100 + 200]);
    assertEquals([samples.new.count, samples.new.sumNs], [3, 50 + 150 + 250]);
  });
});
