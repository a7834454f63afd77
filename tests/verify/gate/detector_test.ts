import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { seededRandom } from "../../../testing/seeded_random.ts";
import { Detector } from "../../../verify/gate/detector.ts";

const THRESHOLD = 1e-6;
const ALPHA = 0.05;

/** A detector that is told counts second by second. */
class Rig {
  readonly detector: Detector;
  #nowMs = 0;
  #visits = 0;
  #diffs = 0;

  constructor(threshold = THRESHOLD, alpha = ALPHA) {
    this.detector = new Detector(threshold, alpha);
  }

  /** So many visits and diffs, in one second that comes after `seconds` with none. */
  then(visits: number, diffs: number, seconds = 1): this {
    this.#visits += visits;
    this.#diffs += diffs;
    this.#nowMs += 1_000 * seconds;
    this.detector.advance(this.#visits, this.#diffs, this.#nowMs);
    return this;
  }

  get isAlarmed(): boolean {
    return this.detector.alarm !== undefined;
  }
}

/** The number of visits up to the next diff, itself included. */
const gap = (random: () => number, rate: number) => 1 + Math.floor(Math.log1p(-random()) / Math.log1p(-rate));

/**
 * After how many seconds a rate raises the alarm; `Infinity` if it does not within `seconds`. Seconds without a diff are told
 * together: what a sum comes to is the same.
 */
function delay(rate: number, perSecond: number, seconds: number, random: () => number): number {
  const it = new Rig();
  let [told, next] = [0, gap(random, rate)];
  while (next <= seconds * perSecond) {
    const second = Math.ceil(next / perSecond);
    if (second - 1 > told) it.then((second - 1 - told) * perSecond, 0, second - 1 - told);
    let diffs = 0;
    for (; next <= second * perSecond; next += gap(random, rate)) diffs++;
    if (it.then(perSecond, diffs).isAlarmed) return second;
    told = second;
  }
  return Infinity;
}

describe("Detector", () => {
  it("raises an alarm at the third diff at once, not at two", () => {
    // At 1 % and a threshold of 0.0001 %, a diff counts ln 10,000 = 9.21, and the alarm is raised at 19.39.
    assertEquals([1, 2, 3].map((diffs) => new Rig().then(10, diffs).isAlarmed), [false, false, true]);
    assertEquals(new Rig(1e-3).then(10, 3).isAlarmed, false);
  });

  it("raises an alarm by what came last, however good the time before was", () => {
    const it = new Rig().then(1e12, 0).then(1_000, 2);
    assertEquals(it.isAlarmed, false);
    it.then(0, 0, 60).then(10, 1);
    assertEquals(it.detector.alarm, { atMs: 63_000, sinceMs: 1_000, visits: 1_010, diffs: 3 });
  });

  it("counts a match against the alarm, so that diffs far apart raise none", () => {
    const it = new Rig();
    for (let diff = 0; diff < 1_000; diff++) it.then(10_000_000, 1);
    assertEquals(it.isAlarmed, false);
  });

  it("counts no match twice where a key differs that was equal earlier in its minute", () => {
    assertEquals(new Rig().then(0, 3).detector.alarm?.visits, 3);
  });

  it("keeps the alarm", () => {
    const { detector } = new Rig().then(10, 3).then(10, 3).then(1e12, 0);
    assertEquals(detector.alarm, { atMs: 1_000, sinceMs: 1_000, visits: 10, diffs: 3 });
  });

  it("watches only for rates that can be, at any threshold", () => {
    fc.assert(fc.property(fc.double({ min: 1e-12, max: 0.1, noNaN: true }), (threshold) => {
      assertEquals(new Rig(threshold).then(1_000, 0).then(0, 0).isAlarmed, false);
      assertEquals(new Rig(threshold).then(1_000, 1_000).isAlarmed, true);
    }));
  });

  it("notices a fault within the time that was simulated", () => {
    const random = seededRandom(1_954);
    const median = (rate: number, runs: number) =>
      Array.from({ length: runs }, () => delay(rate, 1_000, 10_000, random)).sort((a, b) => a - b)[runs >> 1] as number;
    assert(median(1e-2, 400) <= 1);
    assert(Math.abs(median(1e-3, 400) - 4) <= 1);
    assert(Math.abs(median(1e-4, 400) - 55) <= 6);
    assert(Math.abs(median(1e-5, 400) - 1_281) <= 150);
  });

  it("raises a false alarm in fewer months than it may", () => {
    const random = seededRandom(1_955);
    const month = 2_629_800;
    const share = (rate: number, runs: number) =>
      Array.from({ length: runs }, () => delay(rate, 1_000, month, random)).filter(Number.isFinite).length / runs;
    assert(share(THRESHOLD, 60) <= ALPHA);
    assertEquals(share(THRESHOLD / 10, 200), 0);
  });
});
