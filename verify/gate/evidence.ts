import type { Clock } from "../../src/clock.ts";
import { type HoldsAll, holdsAllAfter, holdsAllAtStart, type Position } from "../stages/moves.ts";
import { type Side, STAGES } from "../stages/stage.ts";
import { rateBounds } from "../stats/confidence_sequence.ts";
import type { Ledger } from "../stats/ledger.ts";
import { Checks } from "./checks.ts";
import { certification } from "./certification.ts";
import type { GateEvidence } from "./condition.ts";
import { coverageCondition } from "./conditions.ts";
import { Detector } from "./detector.ts";
import { alphaOf, type EpisodeStart, nextEpisode } from "./episode.ts";
import { type Calls, FailingSeconds } from "./failing_seconds.ts";
import { judgeGate } from "./gate.ts";
import type { CheckedGateOptions } from "./gate_options.ts";
import { MissedWrites, type Refused } from "./missed_writes.ts";
import type { ReportedGate } from "./reported_gate.ts";

/** What speaks against the new map, beside the counts of the ledger. */
export interface Doubts {
  /** How many mirrored writes failed. */
  readonly mirrorErrors: () => number;
  /** How many of them a side refused. */
  readonly refused: (side: Side) => number;
  /** How many keys looked different and wait to be looked at again. */
  readonly doubtful: () => number;
  /** How many keys wait to be copied again. */
  readonly journaled: () => number;
  /** How often the new map was called. */
  readonly newCalls: () => Calls;
}

/**
 * What speaks for going on: which sides hold everything, a clean sweep, and the counts of the present episode.
 *
 * A confirmed diff, a late key, or an error at a mirrored write voids the clean sweep at once, but begins no new episode: it
 * stays in the counts, where it makes the gate ask for more key visits, and where many of them make it fail. To begin anew
 * after each diff would forget them, and would have to be paid for with a smaller share of the error that is allowed.
 */
export class Evidence {
  #options: CheckedGateOptions;
  readonly #ledger: Ledger;
  readonly #doubts: Doubts;
  readonly #missed: MissedWrites;
  readonly #clock: Clock;
  #detector: Detector;
  #failing: FailingSeconds;
  #checks: Checks;
  /** The second of the last {@link Evidence.advance} that counted. */
  #second = NaN;
  #episode: EpisodeStart;
  /** Which sides hold everything, but for the writes that they missed. */
  #holdsAll: HoldsAll;
  /** The side that is known to lack entries. At a stage where a twin began with both written, nothing is known of either. */
  #lacking: Side | undefined;
  #at: Position;
  /** What each side had refused when the last backfill began. */
  #refusedBefore: Refused = { old: 0, new: 0 };
  #wasHeld = false;
  /** How often the evidence was voided as a whole. */
  #voided = 0;
  /** What {@link findings} was when the last clean sweep began; `undefined` if there was none. */
  #cleanAt: number | undefined;
  /** When the last clean sweep ended. */
  #sweptAtMs = -Infinity;

  constructor(options: CheckedGateOptions, ledger: Ledger, doubts: Doubts, at: Position, clock: Clock) {
    this.#options = options;
    this.#ledger = ledger;
    this.#doubts = doubts;
    this.#clock = clock;
    this.#at = at;
    this.#missed = new MissedWrites(doubts.refused);
    this.#detector = detectorFor(options);
    this.#failing = new FailingSeconds(doubts.newCalls());
    this.#checks = new Checks(options.checks, clock);
    this.#holdsAll = holdsAllAtStart(at);
    if (!STAGES[at.stage].mirrors) this.#lacking = lackingOf(this.#holdsAll);
    this.#episode = { number: 1, startedAtMs: clock.now(), why: `the twin was created at ${at.stage}` };
  }

  /** Which sides hold everything. */
  get holdsAll(): HoldsAll {
    const { old, new: isNew } = this.#holdsAll;
    return { old: old && !this.#missed.missed("old"), new: isNew && !this.#missed.missed("new") };
  }

  /**
   * The side that is known to lack entries, if there is one. Where one side answers every key and holds everything, that is the
   * other one once it missed a write. At `live` that is not known: each side answers some keys, so neither could be copied
   * over the other.
   */
  get lacking(): Side | undefined {
    const { answers } = STAGES[this.#at.stage];
    if (answers === "split") return this.#lacking;
    const other = answers === "old" ? "new" : "old";
    return this.#missed.missed(other) && this.holdsAll[answers] ? other : this.#lacking;
  }

  /** Whether both sides hold everything that was there before both were written. */
  get isBackfilled(): boolean {
    return this.#holdsAll.old && this.#holdsAll.new;
  }

  /** How much has spoken against the two sides being equal. It only grows. */
  get findings(): number {
    return this.#ledger.diffs + this.#ledger.late + this.#doubts.mirrorErrors() + this.#voided;
  }

  /** A move was made. `isEmpty` tells whether a map is empty. */
  moved(from: Position, to: Position, isEmpty: (side: Side) => boolean, nowMs: number): void {
    this.#ledger.advance(nowMs);
    if (to.percent > 0 && this.#ledger.episode(nowMs).unbrokenMs >= this.#options.holdMs) this.#wasHeld = true;
    this.#holdsAll = holdsAllAfter(from.stage, to.stage, this.#holdsAll, isEmpty);
    this.#at = to;
    const { mirrors, answers } = STAGES[to.stage];
    if (mirrors === STAGES[from.stage].mirrors) return;
    this.#lacking = lackingOf(this.#holdsAll);
    this.#missed.mend();
    this.#begin(mirrors ? "writes began to go to both maps" : `writes began to go to the ${answers} map alone`, nowMs);
  }

  /** A backfill of the side `to` has begun: until it ends, that side may lack anything. */
  backfillBegan(to: Side): void {
    this.#voided++;
    // A write that is refused while it runs may have its key copied before.
    this.#refusedBefore = this.#missed.soFar;
    this.#holdsAll = { ...this.#holdsAll, [to]: false };
    this.#lacking = to;
  }

  /** A backfill has come to its end. */
  backfillEnded(nowMs: number): void {
    this.#bothHoldAll();
    this.#missed.mend(this.#refusedBefore);
    this.#begin("a backfill ended", nowMs);
  }

  /** A sweep has begun. Returns the {@link findings} so far. */
  sweepBegan(): number {
    this.#cleanAt = undefined;
    return this.findings;
  }

  /**
   * A sweep has come to its end and was clean: so both sides hold the same, if no key was ignored.
   *
   * @param findings Those that were there when it began.
   * @param isWhole Whether no key was ignored.
   */
  sweptClean(findings: number, isWhole: boolean, nowMs: number): void {
    this.#cleanAt = findings;
    this.#sweptAtMs = nowMs;
    if (!isWhole) return;
    this.#bothHoldAll();
    this.#missed.mend();
  }

  /** Begins a new episode, in which nothing counts that was counted before: the new map is another one now. */
  reset(why: string, nowMs: number): void {
    this.#begin(why, nowMs, true);
  }

  /** Begins a new episode, which is paid for with a smaller share of the error that is allowed. */
  void(why: string, nowMs: number): void {
    this.#begin(why, nowMs);
  }

  /** Judges by other options from now on. What was counted stays; an alarm stays until the next episode. */
  judgeBy(options: CheckedGateOptions): void {
    this.#options = options;
    if (this.#detector.alarm === undefined) this.#detector = detectorFor(options);
    this.#checks = new Checks(options.checks, this.#clock);
  }

  /**
   * Looks at what has been counted up to `nowMs`, and asks the checks whose time has come. To be called once a second or more
   * often: of the calls around the same full second, the first one counts, and what came meanwhile counts with the next one.
   */
  advance(nowMs: number): void {
    this.#ledger.advance(nowMs);
    const second = Math.round(nowMs / 1_000);
    if (second === this.#second) return;
    this.#second = second;
    const { count, diffs } = this.#ledger.visits;
    this.#detector.advance(count, diffs, nowMs);
    this.#failing.advance(this.#doubts.newCalls(), nowMs);
    if (this.#isHeldUp(nowMs)) this.#ledger.breakTime(nowMs);
    this.#checks.ask(nowMs);
  }

  /** What the gate is missing, a phrase each; empty if it passes. */
  missing(nowMs: number): string[] {
    this.advance(nowMs);
    const { conditions } = judgeGate(this.#evidence(nowMs), this.#options);
    return conditions.filter(({ verdict }) => verdict !== "pass").map(({ reason }) => reason);
  }

  /** The gate as it stands in the report. */
  report(nowMs: number): ReportedGate {
    this.advance(nowMs);
    const { threshold, lateThreshold, holdMs, confidence, minKeys, latencyFactor, sweepMaxAgeMs } = this.#options;
    const evidence = this.#evidence(nowMs);
    const { verdict, conditions } = judgeGate(evidence, this.#options);
    const { number, startedAtMs, why } = this.#episode;
    const { count, diffs, late } = this.#ledger.visits;
    const alpha = alphaOf(number, 1 - confidence);
    return {
      verdict,
      conditions: [...conditions],
      threshold,
      lateThreshold,
      holdMs,
      confidence,
      minKeys,
      latencyFactor,
      sweepMaxAgeMs,
      episode: {
        number,
        startedAt: new Date(startedAtMs).toISOString(),
        why,
        visits: count,
        diffs,
        late,
        diffRate: rateBounds(diffs, count, threshold, alpha),
        lateRate: rateBounds(late, count, lateThreshold, alpha),
      },
      certification: certification(
        { count, diffs },
        this.#ledger.visits.perSecond(nowMs),
        threshold,
        alpha,
      ),
    };
  }

  /** Whether the time without a break is broken: by comparisons that were lost, or by a check. */
  #isHeldUp(nowMs: number): boolean {
    const { due, unclaimed } = this.#ledger.episode(nowMs);
    const lost = { due, unclaimed: unclaimed - this.#ledger.pending };
    return [coverageCondition(lost), ...this.#checks.conditions(nowMs)].some(({ verdict }) => verdict !== "pass");
  }

  #evidence(nowMs: number): GateEvidence {
    const { count, diffs, late } = this.#ledger.visits;
    return {
      ...this.#ledger.episode(nowMs),
      episode: this.#episode.number,
      visits: { count, diffs, late },
      alarm: this.#detector.alarm,
      wasHeld: this.#wasHeld,
      backfilled: this.isBackfilled,
      sweptClean: this.#cleanAt === this.findings,
      sweptAgoMs: nowMs - this.#sweptAtMs,
      doubtful: this.#doubts.doubtful(),
      journaled: this.#doubts.journaled(),
      failingSeconds: {
        lastMinute: this.#failing.within(60_000, nowMs),
        lastTenMinutes: this.#failing.within(600_000, nowMs),
      },
      newAnswers: this.#at.percent > 0,
      checks: this.#checks.conditions(nowMs),
    };
  }

  #bothHoldAll(): void {
    this.#holdsAll = { old: true, new: true };
    this.#lacking = undefined;
  }

  #begin(why: string, nowMs: number, isNewVersion = false): void {
    const { count } = this.#ledger.visits;
    this.#episode = nextEpisode(this.#episode, count, this.#options.threshold, { nowMs, why, isNewVersion });
    this.#ledger.beginEpisode(nowMs);
    this.#detector = detectorFor(this.#options);
    this.#failing = new FailingSeconds(this.#doubts.newCalls());
    this.#voided++;
    this.#wasHeld = false;
  }
}

function detectorFor({ threshold, confidence }: CheckedGateOptions): Detector {
  return new Detector(threshold, 1 - confidence);
}

/** The side that lacks entries if all is known: the one that answers holds everything. */
function lackingOf({ old, new: isNew }: HoldsAll): Side | undefined {
  if (!old) return "old";
  return isNew ? undefined : "new";
}
