import { type HoldsAll, holdsAllAfter, holdsAllAtStart, type Position } from "../stages/moves.ts";
import { type Side, type Stage, STAGES } from "../stages/stage.ts";
import { type RateBounds, rateBounds, type RateVerdict } from "../stats/confidence_sequence.ts";
import type { Ledger } from "../stats/ledger.ts";
import { type Certification, certification } from "./certification.ts";
import { type EpisodeStart, nextEpisode } from "./episode.ts";
import { type CheckedGateOptions, episodeAlpha, type GateCondition, type GateEvidence, judgeGate } from "./gate.ts";
import { MissedWrites, type Refused } from "./missed_writes.ts";

/** What was counted since the evidence was last voided. */
export interface ReportedEpisode {
  /** Which counted episode it is, from 1: the bounds of each one are wider. */
  number: number;
  /** When it began, ISO 8601 in UTC. */
  startedAt: string;
  /** Why the counting began anew. */
  why: string;
  /** Key visits: one for each key and minute in which it was compared. */
  visits: number;
  /** Key visits that found a diff. */
  diffs: number;
  /** Key visits that found the key late. */
  late: number;
  /** Between which bounds the true share of key visits with a diff lies, with the gate's confidence. */
  diffRate: RateBounds;
  /** Between which bounds the true share of key visits that find a key late lies, with the gate's confidence. */
  lateRate: RateBounds;
}

/** What speaks against the new map, beside the counts of the ledger. */
export interface Doubts {
  /** How many mirrored writes failed. */
  readonly mirrorErrors: () => number;
  /** How many of them a side refused. */
  readonly refused: (side: Side) => number;
  /** How many keys looked different and wait to be looked at again. */
  readonly doubtful: () => number;
}

/** Whether the new map may come to answer more keys, and why. */
export interface ReportedGate {
  /** `pass` if every condition passes, `fail` if one fails, else `hold`. */
  verdict: RateVerdict;
  /** Every condition, those that do not pass first. */
  conditions: GateCondition[];
  /** The share of key visits with a diff, and of those with a late key, that must not be reached. */
  threshold: number;
  /** For how many milliseconds comparisons must go on without a break before the new map answers its first key. */
  holdMs: number;
  /** The confidence of the bounds, such as 0.95. */
  confidence: number;
  /** How many distinct keys must have been compared. */
  minKeys: number;
  /** What was counted. */
  episode: ReportedEpisode;
  /** How far the diff rate is from being certified. */
  certification: Certification;
}

/**
 * What speaks for going on: which sides hold everything, a clean sweep, and the counts of the present episode.
 *
 * A confirmed diff, a late key, or an error at a mirrored write voids the clean sweep at once, but begins no new episode: it
 * stays in the counts, where it makes the gate ask for more key visits, and where many of them make it fail. To begin anew
 * after each diff would forget them, and would have to be paid for with a smaller share of the error that is allowed.
 */
export class Evidence {
  readonly #options: CheckedGateOptions;
  readonly #ledger: Ledger;
  readonly #doubts: Doubts;
  readonly #missed: MissedWrites;
  #episode: EpisodeStart;
  /** Which sides hold everything, but for the writes that they missed. */
  #holdsAll: HoldsAll;
  /** The side that is known to lack entries. At a stage where a twin began with both written, nothing is known of either. */
  #lacking: Side | undefined;
  #stage: Stage;
  /** What each side had refused when the last backfill began. */
  #refusedBefore: Refused = { old: 0, new: 0 };
  #wasHeld = false;
  /** How often the evidence was voided as a whole. */
  #voided = 0;
  /** What {@link findings} was when the last clean sweep began; `undefined` if there was none. */
  #cleanAt: number | undefined;

  constructor(options: CheckedGateOptions, ledger: Ledger, doubts: Doubts, at: Position, nowMs: number) {
    this.#options = options;
    this.#ledger = ledger;
    this.#doubts = doubts;
    this.#stage = at.stage;
    this.#missed = new MissedWrites(doubts.refused);
    this.#holdsAll = holdsAllAtStart(at);
    if (!STAGES[at.stage].mirrors) this.#lacking = lackingOf(this.#holdsAll);
    this.#episode = { number: 1, startedAtMs: nowMs, why: `the twin was created at ${at.stage}` };
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
    const { answers } = STAGES[this.#stage];
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
    this.#stage = to.stage;
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
  sweptClean(findings: number, isWhole: boolean): void {
    this.#cleanAt = findings;
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

  /** What the gate is missing, a phrase each; empty if it passes. */
  missing(nowMs: number): string[] {
    this.#ledger.advance(nowMs);
    const { conditions } = judgeGate(this.#evidence(nowMs), this.#options);
    return conditions.filter(({ verdict }) => verdict !== "pass").map(({ reason }) => reason);
  }

  /** The gate as it stands in the report. */
  report(nowMs: number): ReportedGate {
    const { threshold, holdMs, confidence, minKeys } = this.#options;
    const evidence = this.#evidence(nowMs);
    const { verdict, conditions } = judgeGate(evidence, this.#options);
    const { number, startedAtMs, why } = this.#episode;
    const { count, diffs, late } = this.#ledger.visits;
    const alpha = episodeAlpha(evidence, confidence);
    return {
      verdict,
      conditions: [...conditions],
      threshold,
      holdMs,
      confidence,
      minKeys,
      episode: {
        number,
        startedAt: new Date(startedAtMs).toISOString(),
        why,
        visits: count,
        diffs,
        late,
        diffRate: rateBounds(diffs, count, threshold, alpha),
        lateRate: rateBounds(late, count, threshold, alpha),
      },
      certification: certification(
        { count, diffs: Math.max(diffs, late) },
        this.#ledger.visits.perSecond(nowMs),
        threshold,
        alpha,
      ),
    };
  }

  #evidence(nowMs: number): GateEvidence {
    const { count, diffs, late } = this.#ledger.visits;
    return {
      ...this.#ledger.episode(nowMs),
      episode: this.#episode.number,
      visits: { count, diffs, late },
      wasHeld: this.#wasHeld,
      backfilled: this.isBackfilled,
      sweptClean: this.#cleanAt === this.findings,
      doubtful: this.#doubts.doubtful(),
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
    this.#voided++;
    this.#wasHeld = false;
  }
}

/** The side that lacks entries if all is known: the one that answers holds everything. */
function lackingOf({ old, new: isNew }: HoldsAll): Side | undefined {
  if (!old) return "old";
  return isNew ? undefined : "new";
}
