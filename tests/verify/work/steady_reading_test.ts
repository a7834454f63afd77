import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SteadyReading } from "../../../verify/work/steady_reading.ts";

describe("SteadyReading", () => {
  it("goes on from the last good reading, at the pace of the platform", () => {
    let [ownMs, platformMs, errors]: [unknown, number, number] = [1_000, 50, 0];
    const reading = new SteadyReading(() => ownMs as number, () => platformMs, () => void errors++);
    assertEquals(reading.ms(), 1_000);
    for (const wrong of [NaN, Infinity, -Infinity, 8.65e15, "1", 1n, null, undefined, {}]) {
      ownMs = wrong;
      platformMs += 10;
      reading.ms();
    }
    assertEquals([reading.ms(), errors], [1_080, 10]);
    ownMs = 2_000;
    assertEquals(reading.ms(), 2_000);
    ownMs = NaN;
    platformMs += 500;
    assertEquals(reading.ms(), 2_000);
  });

  it("is that of the platform if there never was a good one", () => {
    const fail = () => {
      throw new Error("clock");
    };
    assertEquals(new SteadyReading(fail, () => 7, () => {}).ms(), 7);
  });
});
