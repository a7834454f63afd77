/** The owner of a twin: moves it, starts and pauses its work, and closes it. */
import { assert } from "@std/assert";
import { type Stage, StageError, type TwinMap } from "@twinmap/twinmap";
import { type OwnersAct, STAGES } from "./case.ts";
import type { AnyMap } from "./kinds.ts";
import { proven } from "../move_to.ts";

export class Owner {
  readonly #users: TwinMap<unknown, unknown>;
  readonly #oldMap: AnyMap;
  readonly #newMap: AnyMap;
  readonly #stages: readonly Stage[];
  readonly #isFaulty: boolean;
  readonly #works: Promise<unknown>[] = [];
  #stage: Stage;
  #isClosed = false;
  #isCopied: boolean;
  #isStale: boolean;
  #didNewAnswer = false;

  /**
   * Takes over at a stage that was reached without a callers' act.
   *
   * @param stages The stages that it moves to.
   * @param isFaulty Whether the new map may throw at whatever the owner does.
   */
  constructor(
    users: TwinMap<unknown, unknown>,
    oldMap: AnyMap,
    newMap: AnyMap,
    stage: Stage,
    stages: readonly Stage[],
    isFaulty: boolean,
  ) {
    this.#stages = stages;
    this.#users = users;
    this.#oldMap = oldMap;
    this.#newMap = newMap;
    this.#isFaulty = isFaulty;
    this.#stage = stage;
    this.#isCopied = this.mirrors;
    this.#isStale = stage === "complete";
    this.#seeWhoAnswers();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether both sides are written. */
  get mirrors(): boolean {
    return this.#stage !== "off" && this.#stage !== "complete";
  }

  /** Whether both sides hold the same: both are written since a backfill. */
  get isCopied(): boolean {
    return this.#isCopied;
  }

  /** Whether the new map has ever answered. */
  get didNewAnswer(): boolean {
    return this.#didNewAnswer;
  }

  /** Lets all work that was started come to its end. */
  async finish(): Promise<void> {
    this.#users.resume();
    await Promise.all([...this.#works, this.#users.settle()]);
  }

  /** Does `act`. What is refused is left undone. */
  do(act: OwnersAct, isCallingBack = false): void {
    const users = this.#users;
    if (act.act === "move") this.#move(act.by, act.percent, isCallingBack);
    else if (act.act === "backfill") this.#backfill();
    else if (act.act === "sweep") this.#works.push(users.sweep().catch((error) => this.#assertRefused(error)));
    else if (act.act === "settle") this.#works.push(users.settle());
    else users[act.act]();
    if (act.act === "close") this.#isClosed = true;
  }

  /** Where both sides begin to be written, a backfill follows. */
  #move(by: -1 | 0 | 1, percent: number, isCallingBack: boolean): void {
    const stage = STAGES[STAGES.indexOf(this.#stage) + by];
    if (stage === undefined || !this.#stages.includes(stage)) return;
    const didMirror = this.mirrors;
    if (!didMirror && this.#isStale) {
      // An operation on the map to be emptied may be under way.
      if (isCallingBack) return;
      this.#empty(this.#stage === "off" ? this.#newMap : this.#oldMap);
    }
    try {
      this.#users.stage(stage, proven(this.#users, stage, percent));
    } catch (error) {
      return this.#assertRefused(error);
    }
    this.#stage = stage;
    this.#seeWhoAnswers();
    if (didMirror && !this.mirrors) {
      this.#isStale = true;
      this.#isCopied = false;
    }
    if (!didMirror && this.mirrors) this.#backfill();
  }

  /** Empties the side that was not written for a while. */
  #empty(stale: AnyMap): void {
    try {
      stale.clear();
    } catch (error) {
      this.#assertRefused(error);
    }
  }

  #backfill(): void {
    const users = this.#users;
    const state = () => users.report().backfill.state;
    const copied = users.backfill().then(() => {
      if (state() === "done") this.#isCopied = this.mirrors;
    });
    if (state() === "running") this.#isCopied = false;
    this.#works.push(copied.catch((error) => this.#assertRefused(error)));
  }

  #seeWhoAnswers(): void {
    if (STAGES.indexOf(this.#stage) >= STAGES.indexOf("live")) this.#didNewAnswer = true;
  }

  #assertRefused(error: unknown): void {
    assert(this.#isFaulty || error instanceof StageError, String(error));
  }
}
