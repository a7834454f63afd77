import { isDeepEqual } from "../../src/equality/deep_equal.ts";
import type { Steering } from "../migration/steering.ts";
import type { GateChanges } from "../gate/gate_options.ts";
import type { ReportedRollout, RolloutRecord, RolloutState } from "../report/reported_rollout.ts";
import type { TwinReport } from "../report/report.ts";
import { positionWords } from "../report/rollout_words.ts";
import type { Position } from "../stages/moves.ts";
import { STAGE_NAMES } from "../stages/stage.ts";
import { StageError } from "../stages/stage_error.ts";
import { asksFor, decide, type Decision } from "./decision.ts";
import { History } from "./history.ts";
import type { CheckedRolloutOptions } from "./options.ts";
import { type CheckedStep, placeOf } from "./plan.ts";
import { Stay } from "./stay.ts";
import { StepWork } from "./step_work.ts";
import { WayBackWatch } from "./way_back_watch.ts";

/** How often it looks at its twin, in milliseconds. */
const LOOK_MS = 1_000;

/** Who did what a plan does by itself. */
const PLAN = "plan";

/** Why somebody does something, and who does. */
export interface Said {
  readonly why: string;
  readonly by: string;
}

/** Looks at a twin once a second, and moves it as the plan says. Of what it does, and of what people ask for, one is under way at a time. */
export class Controller {
  readonly #steering: Steering;
  readonly #options: CheckedRolloutOptions;
  readonly #history: History;
  readonly #work: StepWork;
  readonly #wayBack: WayBackWatch;
  #state: RolloutState = "idle";
  #pausedFor = "";
  #decision: Decision = { decision: "hold", reasons: ["the rollout has not started"], leastMs: null };
  #stay: Stay;
  /** What the gate asks for beside what the twin does. */
  #asked: GateChanges = {};
  #coolsUntilMs = -Infinity;
  #returns = 0;
  /** How often it may still go back before it pauses. */
  #returnsLeft: number;
  /** What is under way. */
  #underWay: Promise<void> | undefined;
  /** What a dry run would have done last. */
  #wouldDo = "";

  constructor(steering: Steering, options: CheckedRolloutOptions) {
    const { clock } = steering;
    this.#steering = steering;
    this.#options = options;
    this.#returnsLeft = options.maxReturns;
    const report = steering.report();
    this.#history = new History(report.name, clock, options);
    this.#work = new StepWork(steering, clock);
    this.#wayBack = new WayBackWatch(steering);
    this.#stay = new Stay(report, clock.monotonicMs());
    this.#judge();
  }

  start(): void {
    if (this.#state !== "idle") return;
    this.#state = "running";
    this.#record("start", { by: PLAN, why: `from ${positionWords(this.#stay)}` });
    this.#loop();
  }

  pause(said: Said): void {
    if (this.#state !== "running") return;
    this.#state = "paused";
    this.#pausedFor = said.why;
    this.#record("pause", said);
  }

  resume(said: Said): void {
    if (this.#state !== "paused") return;
    this.#state = "running";
    this.#returnsLeft = this.#options.maxReturns;
    // What failed before does not fail the next attempt, which has a smaller share of the error that is allowed.
    if (this.#steering.report().gate.verdict === "fail") this.#steering.voidEvidence(said.why);
    this.#record("resume", said);
  }

  /** @throws {StageError} If no step is to be confirmed now. */
  confirm(said: Said): void {
    const next = this.#nextAfter(this.#steering.report());
    if (next?.confirm !== true) throw new StageError("confirm the next step", "it needs no confirmation");
    this.#stay.isConfirmed = true;
    this.#record("confirm", said);
  }

  /** @throws {StageError} If the old map may lack entries, or the twin is closed. */
  abort(said: Said): Promise<void> {
    return this.#afterwards(async () => {
      await this.#goBack(said);
      this.#end(said);
    });
  }

  /** @throws {StageError} If there is no next step, or the twin cannot move there. */
  promote(said: Said): Promise<void> {
    return this.#afterwards(async () => {
      const next = this.#nextAfter(this.#steering.report());
      if (next === undefined) throw new StageError("promote", "the plan has come to its end");
      await this.#move(next, "force", said);
    });
  }

  close(): void {
    if (this.#state !== "ended") this.#end({ by: PLAN, why: "it was closed" });
  }

  report(): ReportedRollout {
    const { plan, dryRun } = this.#options;
    const place = placeOf(plan, this.#stay);
    return {
      state: this.#state,
      dryRun,
      steps: plan.map(({ stage, percent, holdMs, confirm }, at) => ({
        stage,
        percent,
        holdMs,
        confirm,
        place: at < place ? "past" : at === place ? "current" : "ahead",
      })),
      ...this.#decision,
      reasons: [...this.#decision.reasons],
      wayBack: this.#wayBack.report(),
      returns: this.#returns,
      history: this.#history.last,
    };
  }

  #loop(): void {
    if (this.#state === "ended") return;
    if (this.#steering.isClosed) return this.#end({ by: PLAN, why: "the twin is closed" });
    const again = () => void this.#steering.clock.schedule(() => this.#loop(), LOOK_MS, { unref: true });
    this.#afterwards(() => this.#look()).then(again, again);
  }

  async #look(): Promise<void> {
    if (this.#state === "ended") return;
    const { plan, dryRun } = this.#options;
    const report = this.#steering.report();
    this.#arrive(report, true);
    this.#wayBack.look();
    if (!dryRun) this.#work.begin(report, (work) => asksFor(work, { plan, report }));
    this.#decide(report);
    const { decision, reasons } = this.#decision;
    if (dryRun) this.#sayWhatItWouldDo(report);
    else if (decision === "back") await this.#goBackByItself(reasons);
    else if (decision === "promote") await this.#goOn(this.#nextAfter(report) as CheckedStep, reasons);
  }

  /** Has the gate ask for what the present step does. */
  #judge(): void {
    const { plan, gate } = this.#options;
    const asked = { ...gate, ...plan[placeOf(plan, this.#stay)]?.gate };
    if (isDeepEqual(asked, this.#asked)) return;
    this.#asked = asked;
    this.#steering.judgeBy(asked);
  }

  #decide(report: TwinReport): void {
    const nowMs = this.#steering.clock.monotonicMs();
    this.#decision = this.#held(decide({
      plan: this.#options.plan,
      report,
      hereMs: nowMs - this.#stay.sinceMs,
      coolDownMs: this.#coolsUntilMs - nowMs,
      isConfirmed: this.#stay.isConfirmed,
      accepted: this.#stay.accepted,
    }));
  }

  /** A decision, with what holds it beside what the twin says. */
  #held(decided: Decision): Decision {
    const { problem } = this.#work;
    const { decision, reasons } = decided;
    const isPaused = this.#state === "paused";
    if (decision === "back" || (decision === "promote" && !isPaused)) return decided;
    return {
      decision: "hold",
      reasons: [
        ...(isPaused ? [`paused: ${this.#pausedFor}`] : []),
        ...(problem === undefined ? [] : [problem]),
        ...(decision === "hold" ? reasons : []),
      ],
      leastMs: isPaused || problem !== undefined ? null : decided.leastMs,
    };
  }

  async #goOn(next: CheckedStep, reasons: readonly string[]): Promise<void> {
    try {
      await this.#move(next, "move", { by: PLAN, why: reasons.join("; ") });
    } catch (error) {
      this.#decision = { decision: "hold", reasons: reasonsOf(error), leastMs: null };
    }
  }

  async #goBackByItself(reasons: readonly string[]): Promise<void> {
    const said = { by: PLAN, why: reasons.join("; ").slice(0, 500) };
    try {
      await this.#goBack(said);
    } catch (error) {
      this.#decision = { decision: "back", reasons: [...reasons, ...reasonsOf(error)], leastMs: null };
      return;
    }
    this.#steering.voidEvidence(`the rollout went back: ${said.why}`);
    this.#coolsUntilMs = this.#steering.clock.monotonicMs() + this.#options.coolDownMs;
    this.#returns++;
    if (--this.#returnsLeft === 0) this.pause(said);
  }

  async #goBack(said: Said): Promise<void> {
    if (this.#stay.percent === 0) return;
    if (!this.#options.dryRun) await this.#steering.back(said.why);
    this.#arrive(this.#steering.report());
    this.#record("back", said);
  }

  async #move(to: Position, kind: "move" | "force", said: Said): Promise<void> {
    const share = to.stage === "live" ? { percent: to.percent } : {};
    const past = kind === "force" ? { force: said.why } : {};
    const moved = this.#options.dryRun ? undefined : this.#steering.stage(to.stage, { ...share, ...past });
    // What a twin of two synchronous maps has done is recorded before anything else happens.
    if (moved instanceof Promise) await moved;
    this.#record(kind, said, to);
    this.#arrive(this.#steering.report());
  }

  /** Sees where the twin is. Who moved it back by hand does not want it to be moved on at once. */
  #arrive(report: TwinReport, isByHand = false): void {
    const { stage, percent } = report;
    const before = this.#stay;
    if (stage === before.stage && percent === before.percent) return;
    this.#stay = new Stay(report, this.#steering.clock.monotonicMs());
    this.#judge();
    this.#decide(this.#steering.report());
    const isBack = STAGE_NAMES.indexOf(stage) < STAGE_NAMES.indexOf(before.stage) || percent < before.percent;
    if (isByHand && isBack) this.pause({ by: "hand", why: `it was moved back to ${positionWords(report)}` });
    if (stage === "complete") this.#end({ by: PLAN, why: "the plan has come to its end" });
  }

  #nextAfter(position: Position): CheckedStep | undefined {
    const { plan } = this.#options;
    return plan[placeOf(plan, position) + 1];
  }

  #sayWhatItWouldDo(report: TwinReport): void {
    const { decision, reasons } = this.#decision;
    const to = decision === "promote" ? this.#nextAfter(report) ?? report : report;
    const wouldDo = decision === "hold" ? "" : `${decision} ${positionWords(to)}`;
    if (wouldDo !== "" && wouldDo !== this.#wouldDo) {
      this.#record(decision === "back" ? "back" : "move", { by: PLAN, why: reasons.join("; ") }, to);
    }
    this.#wouldDo = wouldDo;
  }

  #end(said: Said): void {
    this.#state = "ended";
    this.#decision = { decision: "hold", reasons: [said.why], leastMs: null };
    this.#record("end", said);
  }

  /** Does `work` once what is under way has ended. */
  async #afterwards(work: () => Promise<void>): Promise<void> {
    while (this.#underWay !== undefined) await this.#underWay.catch(() => {});
    this.#underWay = work().finally(() => this.#underWay = undefined);
    await this.#underWay;
  }

  #record(kind: RolloutRecord["kind"], { why, by }: Said, { stage, percent }: Position = this.#stay): void {
    this.#history.add({ kind, stage, percent, by, why });
  }
}

function reasonsOf(error: unknown): string[] {
  if (error instanceof StageError && error.missing.length > 0) return [...error.missing];
  return [error instanceof Error ? error.message : String(error)];
}
