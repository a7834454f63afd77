import type { Clock } from "../../src/clock.ts";
import type { Comparisons } from "../compare/comparisons.ts";
import type { SweepTally } from "../compare/suspect.ts";
import type { Pair } from "../pair/pair.ts";
import type { ReportedProgress, TwinReport } from "../report/report.ts";
import type { BackfillEvent, SweepEvent } from "../report/twin_event.ts";
import type { Side } from "../stages/stage.ts";
import { StageError } from "../stages/stage_error.ts";
import type { PaceOptions } from "../stages/stage_options.ts";
import { backfill, type Copied } from "../work/backfill.ts";
import { Pace } from "../work/pace.ts";
import { Job } from "../work/job.ts";
import { sweep } from "../work/sweep.ts";

/** What {@link Works} work with. */
export interface WorksSetting<K> {
  readonly pair: Pair<K>;
  readonly comparisons: Comparisons<K>;
  readonly clock: Clock;
  /** For how many milliseconds at most the event loop is held. */
  readonly sliceMs: number;
  /** Brings the counts to the present time, before each slice. */
  readonly advance: () => void;
  /** Called when a sweep or a backfill has begun or ended. */
  readonly told: (event: SweepEvent | BackfillEvent) => void;
  /** Applies queued writes for a while, and returns whether none is left. */
  readonly drainMirror: () => boolean;
}

/** The sweep and the backfill of a migration, of which one at most is under way. */
export class Works<K> {
  readonly #setting: WorksSetting<K>;
  #sweep: Job;
  #backfill: Job;
  #tally: SweepTally = emptyTally();
  #copied: Copied = { deleted: 0, left: 0 };
  #isClean: boolean | null = null;

  constructor(setting: WorksSetting<K>) {
    this.#setting = setting;
    this.#sweep = this.#newJob({});
    this.#backfill = this.#newJob({});
  }

  /** Which of them is under way. */
  get underWay(): "backfill" | "sweep" | undefined {
    if (this.#backfill.isUnderWay) return "backfill";
    return this.#sweep.isUnderWay ? "sweep" : undefined;
  }

  /** @throws {StageError} If one of them is under way. */
  checkIdle(action: string): void {
    const { underWay } = this;
    if (underWay === undefined) return;
    throw new StageError(action, `a ${underWay} is running`, [`the end of the ${underWay} that is running`]);
  }

  /**
   * Makes the other side equal to `from`.
   *
   * @param options How fast.
   * @param deletes Whether entries that only the other side has are deleted.
   * @param done Called if it came to its end.
   * @throws Whatever a side throws.
   */
  async backfill(from: Side, options: PaceOptions, deletes: boolean, done: () => void): Promise<void> {
    const { pair, drainMirror } = this.#setting;
    const job = this.#backfill = this.#newJob(options);
    const copied = this.#copied = { deleted: 0, left: 0 };
    await this.#telling("backfill", job, backfill(job, pair, from, deletes, copied, drainMirror), () => {
      if (job.state === "done") done();
    });
  }

  /**
   * Compares all keys.
   *
   * @param options How fast.
   * @param findings How much has been found, by whatever comparison or mirrored write.
   * @param clean Called if it came to its end, and nothing was found since it began; with whether no key was ignored.
   * @returns Whether it came to its end, and nothing was found since it began.
   * @throws Whatever a side throws.
   */
  async sweep(
    options: PaceOptions,
    findings: () => number,
    clean: (isWhole: boolean) => void,
  ): Promise<boolean> {
    const { pair, comparisons, drainMirror, clock } = this.#setting;
    const foundBefore = findings();
    const tally = this.#tally = emptyTally();
    const job = this.#sweep = this.#newJob(options);
    this.#isClean = null;
    let isClean = false;
    await this.#telling("sweep", job, sweep(job, pair, comparisons, tally, drainMirror, clock), () => {
      isClean = job.state === "done" && tally.diffs + tally.late + tally.inconclusive === 0 &&
        findings() === foundBefore;
      if (job === this.#sweep && job.state === "done") this.#isClean = isClean;
      if (isClean) clean(tally.ignored === 0);
    });
    return isClean;
  }

  pause(): void {
    this.#sweep.pause();
    this.#backfill.pause();
  }

  resume(): void {
    this.#sweep.resume();
    this.#backfill.resume();
  }

  abort(): void {
    this.#sweep.abort();
    this.#backfill.abort();
  }

  report(): Pick<TwinReport, "backfill" | "sweep"> {
    const { suspects: _, ...found } = this.#tally;
    return {
      backfill: { ...progressOf(this.#backfill), ...this.#copied },
      sweep: { ...progressOf(this.#sweep), ...found, clean: this.#isClean },
    };
  }

  /** Tells of work when it has begun, and when it has ended and `conclude` was called. */
  async #telling(type: "sweep" | "backfill", job: Job, work: Promise<void>, conclude: () => void): Promise<void> {
    const tell = () => {
      const { state } = job;
      const clean = job === this.#sweep ? this.#isClean : null;
      this.#setting.told(type === "sweep" ? { type, state, clean } : { type, state });
    };
    tell();
    try {
      await work;
      conclude();
    } finally {
      tell();
    }
  }

  #newJob({ keysPerSecond = Infinity }: PaceOptions): Job {
    const { clock, sliceMs, advance } = this.#setting;
    return new Job(clock, sliceMs, new Pace(clock, keysPerSecond), advance);
  }
}

function emptyTally(): SweepTally {
  return { suspects: 0, diffs: 0, late: 0, inconclusive: 0, evicted: 0, ignored: 0 };
}

function progressOf({ state, done, total, perSecond, isUnderWay }: Job): ReportedProgress {
  const isKnown = isUnderWay && perSecond > 0 && total > 0;
  return { state, done, total, perSecond, leftMs: isKnown ? Math.max(0, total - done) * 1_000 / perSecond : null };
}
