import { seededRandom } from "../../testing/seeded_random.ts";
import { GATE, RolloutModel } from "./rollout_model.ts";
import { Traffic } from "./traffic.ts";

/** What a row of the table says, and how often it must be so. */
export interface RolloutClaim {
  readonly what: string;
  /** The share of runs in which it is so; at most, or at least, `limit`. */
  readonly holds: "at most" | "at least";
  readonly limit: number;
  readonly runs: number;
  /** Whether it is so in the run with this number. */
  readonly isSo: (run: number) => boolean;
}

const HOUR = 3_600;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const MONTH = 30 * DAY;

const SETTLE_MS = 1_000;

/**
 * What comes after the verdict of the instance that saw the diffs, at the worst: the evidence of all instances is merged
 * once a second, and keys go back by three versions of the rules, each of which every instance adopts within a second.
 */
const BACK_SECONDS = 1 + 3;

/**
 * How long it takes until the old map answers every key again, once a new map that was good up to `live` 5 % fails this share
 * of the key visits.
 *
 * @param quietSeconds How long the fault waits there at most.
 */
export function secondsToGoBack(rate: number, perSecond: number, run: number, quietSeconds = 600): number {
  const random = seededRandom(run);
  const traffic = new Traffic(perSecond, SETTLE_MS, random);
  const model = new RolloutModel(traffic);
  if (!model.runUntil(({ percent }) => percent === 5, DAY)) throw new Error("It never came to live 5 %");
  const beganAt = model.second + quietSeconds * random();
  model.runUntil(() => false, Math.floor(beganAt));
  traffic.fail(rate, beganAt);
  const isBack = model.runUntil(({ returns }) => returns > 0, beganAt + DAY);
  return isBack ? model.wentBackAt - beganAt + BACK_SECONDS : Infinity;
}

/** Whether a new map with this diff rate is promoted past `shadow` in time. */
export function isPromoted(
  rate: number,
  perSecond: number,
  seconds: number,
  run: number,
  startsAnewAtDiffs = false,
): boolean {
  const traffic = new Traffic(perSecond, SETTLE_MS, seededRandom(run));
  traffic.fail(rate, 0);
  return new RolloutModel(traffic, startsAnewAtDiffs).runUntil(({ percent }) => percent > 0, seconds);
}

/** Whether a rollout ever goes back, though nothing but this diff rate is wrong. */
export function goesBack(rate: number, perSecond: number, seconds: number, run: number): boolean {
  const traffic = new Traffic(perSecond, SETTLE_MS, seededRandom(run));
  traffic.fail(rate, 0);
  return new RolloutModel(traffic).runUntil(({ returns }) => returns > 0, seconds);
}

const { threshold } = GATE;

/**
 * The rows.
 *
 * @param scale The share of the runs that are made, up to 1.
 */
export function rolloutClaims(scale: number): RolloutClaim[] {
  const runs = (count: number) => Math.max(1, Math.round(count * scale));
  const bad = [5, 2].flatMap((times) =>
    [100, 1_000, 10_000].map((perSecond): RolloutClaim => ({
      what: `${times} x the threshold, ${perSecond.toLocaleString("en")}/s, a week: promoted past shadow`,
      holds: "at most",
      limit: 0.05,
      runs: runs(perSecond === 10_000 ? 100 : 1_000),
      isSo: (run) => isPromoted(times * threshold, perSecond, WEEK, run),
    }))
  );
  return [
    ...bad,
    {
      what: "1 x the threshold, 1,000/s, a week, evidence voided at each diff: promoted past shadow",
      holds: "at most",
      limit: 0.05,
      runs: runs(1_000),
      isSo: (run) => isPromoted(threshold, 1_000, WEEK, run, true),
    },
    {
      what: "0.1 x the threshold, 1,000/s: at live within 3 hours",
      holds: "at least",
      limit: 0.95,
      runs: runs(10_000),
      isSo: (run) => isPromoted(threshold / 10, 1_000, 3 * HOUR, run),
    },
    {
      what: "a fault of 1 % begins at live 5 %, 1,000/s: the old map answers every key within 10 s",
      holds: "at least",
      limit: 0.99,
      runs: runs(10_000),
      isSo: (run) => secondsToGoBack(0.01, 1_000, run) <= 10,
    },
    {
      what: "a fault of 0.01 % begins at live 5 %, 1,000/s: the same within 15 minutes",
      holds: "at least",
      limit: 0.99,
      runs: runs(10_000),
      isSo: (run) => secondsToGoBack(1e-4, 1_000, run) <= 900,
    },
    {
      what: "a fault of 0.01 % begins within a month at live, 1,000/s: the same within 15 minutes",
      holds: "at least",
      limit: 0.99,
      runs: runs(10_000),
      isSo: (run) => secondsToGoBack(1e-4, 1_000, run, MONTH) <= 900,
    },
    {
      what: "no fault (0.1 x the threshold), 1,000/s, a month: goes back by mistake",
      holds: "at most",
      limit: 0.01,
      runs: runs(2_000),
      isSo: (run) => goesBack(threshold / 10, 1_000, MONTH, run),
    },
  ];
}
