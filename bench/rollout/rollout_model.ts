import type { GateEvidence } from "../../verify/gate/condition.ts";
import { Detector } from "../../verify/gate/detector.ts";
import { alphaOf, type EpisodeStart, nextEpisode } from "../../verify/gate/episode.ts";
import { judgeGate } from "../../verify/gate/gate.ts";
import { type CheckedGateOptions, checkGateOptions } from "../../verify/gate/gate_options.ts";
import { judgeRate, type RateVerdict, trialsToPass } from "../../verify/stats/confidence_sequence.ts";
import { LatencyHistogram } from "../../verify/stats/histogram.ts";
import type { Traffic } from "./traffic.ts";

/** The gate's defaults. */
export const GATE: CheckedGateOptions = checkGateOptions("simulate a rollout", undefined);

/** The plan: the percentage that the new map answers for, and how many seconds it stays there at least. */
const STEPS: readonly { readonly percent: number; readonly seconds: number }[] = [
  { percent: 0, seconds: 0 },
  { percent: 1, seconds: 600 },
  { percent: 5, seconds: 600 },
  { percent: 25, seconds: 600 },
  { percent: 50, seconds: 600 },
  { percent: 100, seconds: Infinity },
];

/** How many seconds the backfill takes, and each sweep. */
const BACKFILL_SECONDS = 120;
const SWEEP_SECONDS = 120;

const NO_LATENCIES = { old: new LatencyHistogram(), new: new LatencyHistogram() };

/**
 * One rollout, judged by the real gate, detector and episodes: `dualwrite` with its backfill, `shadow`, and `live` with 1, 5, 25, 50
 * and 100 %. A diff voids the clean sweep, and another one begins at once. Where the gate fails, the rollout goes back to the
 * beginning; somebody lets it go on at once, without declaring a new version. That is the worst that can be done to the gate.
 *
 * Between two diffs the gate can only come to pass, so it is judged at the diffs, and when it might.
 */
export class RolloutModel {
  readonly #traffic: Traffic;
  readonly #startsAnewAtDiffs: boolean;
  #second = 0;
  #step = 0;
  #enteredAt = 0;
  #episode: EpisodeStart = { number: 1, startedAtMs: 0, why: "the beginning" };
  #detector = new Detector(GATE.threshold, 1 - GATE.confidence);
  /** When key visits began to count. */
  #countedFrom = 0;
  #diffs = 0;
  #sweptAt = 0;
  #wasHeld = false;
  /** How often it went back, and when it did so last. */
  returns = 0;
  wentBackAt: number = NaN;

  /** @param startsAnewAtDiffs Whether somebody voids the evidence at each diff, to begin with none. */
  constructor(traffic: Traffic, startsAnewAtDiffs = false) {
    this.#traffic = traffic;
    this.#startsAnewAtDiffs = startsAnewAtDiffs;
    this.#backfill();
  }

  /** The time, in seconds since the beginning. */
  get second(): number {
    return this.#second;
  }

  /** The percentage of keys that the new map answers for. */
  get percent(): number {
    return STEPS[this.#step]?.percent as number;
  }

  /** Goes on until `isOver` or until the time is `limit`. Returns whether it is over. */
  runUntil(isOver: (model: RolloutModel) => boolean, limit: number): boolean {
    while (!isOver(this)) {
      const next = Math.max(this.#second + 1, Math.min(this.#traffic.nextDiffSecond, this.#readyAt()));
      if (next > limit) return false;
      this.#goTo(next);
    }
    return true;
  }

  get #visits(): number {
    return (this.#second - this.#countedFrom) * this.#traffic.perSecond;
  }

  /** When the gate passes if no further diff comes, and the step is over. */
  #readyAt(): number {
    const step = STEPS[this.#step] as (typeof STEPS)[number];
    if (step.seconds === Infinity) return Infinity;
    return Math.max(
      this.#countedFrom + Math.ceil(visitsNeeded(this.#diffs, this.#episode.number) / this.#traffic.perSecond),
      this.#wasHeld ? 0 : this.#countedFrom + GATE.holdMs / 1_000,
      this.#sweptAt,
      this.#enteredAt + step.seconds,
    );
  }

  #goTo(second: number): void {
    // Seconds without a diff are told together: the detector comes to the same.
    if (second - 1 > this.#second) this.#tell(second - 1, 0);
    const diffs = this.#traffic.take(second);
    this.#tell(second, diffs);
    if (diffs > 0) this.#sweptAt = second + SWEEP_SECONDS;
    const isReady = second >= this.#readyAt();
    const verdict = isReady || this.#mayFail ? this.#verdict() : "hold";
    if (verdict === "fail") this.#goBack();
    else if (diffs > 0 && this.#startsAnewAtDiffs) this.#beginEpisode("a diff");
    else if (verdict === "pass" && isReady) this.#goOn();
  }

  /** The whole gate takes longer to ask. */
  get #mayFail(): boolean {
    const alpha = alphaOf(this.#episode.number, 1 - GATE.confidence);
    return this.#detector.alarm !== undefined ||
      judgeRate(this.#diffs, this.#visits, GATE.threshold, alpha) === "fail";
  }

  #tell(second: number, diffs: number): void {
    this.#second = second;
    this.#diffs += diffs;
    this.#detector.advance(this.#visits, this.#diffs, second * 1_000);
  }

  #verdict(): RateVerdict {
    const evidence: GateEvidence = {
      episode: this.#episode.number,
      visits: { count: this.#visits, diffs: this.#diffs, late: 0 },
      alarm: this.#detector.alarm,
      latency: NO_LATENCIES,
      due: this.#visits,
      unclaimed: 0,
      comparedKeys: this.#visits,
      unbrokenMs: (this.#second - this.#countedFrom) * 1_000,
      wasHeld: this.#wasHeld,
      backfilled: true,
      sweptClean: this.#second >= this.#sweptAt,
      sweptAgoMs: 0,
      doubtful: 0,
      journaled: 0,
      failingSeconds: { lastMinute: 0, lastTenMinutes: 0 },
      newAnswers: this.percent > 0,
      checks: [],
      comparedAgoMs: 0,
    };
    return judgeGate(evidence, GATE).verdict;
  }

  #goOn(): void {
    this.#wasHeld = true;
    this.#step++;
    this.#enteredAt = this.#second;
  }

  #goBack(): void {
    this.returns++;
    this.wentBackAt = this.#second;
    this.#backfill();
  }

  /** Begins at `dualwrite`: the backfill, and a sweep. What was visited meanwhile counts for nothing. */
  #backfill(): void {
    this.#beginEpisode("a backfill ended");
    this.#second += BACKFILL_SECONDS;
    this.#traffic.take(this.#second);
    this.#countedFrom = this.#enteredAt = this.#second;
    this.#sweptAt = this.#second + SWEEP_SECONDS;
    this.#step = 0;
    this.#wasHeld = false;
  }

  #beginEpisode(why: string): void {
    const nowMs = this.#second * 1_000;
    this.#episode = nextEpisode(this.#episode, this.#visits, GATE.threshold, { nowMs, why, isNewVersion: false });
    this.#detector = new Detector(GATE.threshold, 1 - GATE.confidence);
    this.#countedFrom = this.#second;
    this.#diffs = 0;
  }
}

/** It takes long to compute, and the runs ask the same again and again. */
const needed = new Map<string, number>();

/** How many visits the gate needs after so many diffs, if no further one comes. */
function visitsNeeded(diffs: number, episode: number): number {
  const name = `${diffs} in ${episode}`;
  const visits = needed.get(name) ?? trialsToPass(diffs, GATE.threshold, alphaOf(episode, 1 - GATE.confidence));
  needed.set(name, visits);
  return visits;
}
