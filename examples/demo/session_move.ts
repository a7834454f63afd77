import {
  type Clock,
  type ReportedDiff,
  type Rollout,
  rollout,
  type RolloutEvent,
  ShardedMap,
  systemClock,
  twin,
  type TwinMap,
  type TwinReport,
} from "@twinmap/twinmap";
import { FAULT_NAMES, type FaultName, FAULTS } from "../../testing/faults.ts";
import { FaultyMap } from "../../testing/faulty_map.ts";
import { eventLine } from "./event_line.ts";
import { count } from "./numbers.ts";
import { COOL_DOWN_MS, FAULT_PERCENT, RAMPDOWN_MS, SESSION_GATE, SESSION_PLAN } from "./session_plan.ts";
import type { Session, SessionId } from "./session_service.ts";

/** The faults that can be seen here: a `ShardedMap` promises no order, so its order is not compared. */
export const SESSION_FAULTS: readonly FaultName[] = FAULT_NAMES.filter((name) =>
  name !== "reorders" && name !== "repeats"
);

/** A planted fault, and its first effect. */
export interface Planted {
  readonly fault: FaultName;
  /** The report when it was planted. */
  readonly before: TwinReport;
  /** The first diff after it, in words. */
  readonly firstDiff: string | undefined;
}

/** Moves the sessions from a `Map` to a `ShardedMap` by a rollout. It can plant faults in the new map. */
export class SessionMove {
  /** What the service uses: a twin of both maps. */
  readonly sessions: TwinMap<SessionId, Session>;
  readonly #newMap: FaultyMap<SessionId, Session>;
  readonly #clock: Clock;
  #tell: (line: string) => void;
  #rollout: Rollout;
  #faultToPlant: FaultName | undefined;
  #planted: Planted | undefined;
  #plantedAtMs = 0;
  #cancelConfirmation: (() => void) | void = undefined;
  #running: Promise<void> = Promise.resolve();

  /**
   * Makes the twin. The rollout has not begun.
   *
   * @param tell Called with a line of text for each thing that happens.
   * @param clock The clock of the twin.
   */
  constructor(tell: (line: string) => void, clock: Clock = systemClock) {
    this.#tell = tell;
    this.#clock = clock;
    this.#newMap = new FaultyMap(new ShardedMap(), () => clock.monotonicMs());
    this.sessions = twin(new Map<SessionId, Session>(), this.#newMap, {
      name: "sessions",
      // These sessions are made up. Do not reveal real ones.
      reveal: true,
      gate: SESSION_GATE,
      onDiff: (diff) => this.#found(diff),
      clock,
    });
    this.#rollout = this.#newRollout();
  }

  /** The fault that is planted now, if any. */
  get planted(): Planted | undefined {
    return this.#planted;
  }

  /**
   * Begins the rollout.
   *
   * @param fault The fault to plant once, when the new map comes to answer for 5 % of the keys.
   */
  begin(fault?: FaultName): void {
    this.#faultToPlant = fault;
    this.#rollout.start();
  }

  /** Makes the new map faulty from now on. The rollout notices it by itself. */
  plant(fault: FaultName): void {
    this.#newMap.fault = fault;
    this.#planted = { fault, before: this.sessions.report(), firstDiff: undefined };
    this.#plantedAtMs = this.#clock.monotonicMs();
    this.#tell(`Planted ${fault}: ${FAULTS[fault].description}.`);
  }

  /** Removes the fault. While the old map is intact, it also clears the new one and begins a new rollout. */
  async takeAway(): Promise<void> {
    if (this.#planted === undefined) return;
    this.#newMap.fault = undefined;
    this.#tell(`Removed ${this.#planted.fault}.`);
    this.#planted = undefined;
    this.#running = this.#running.then(() => this.#restart()).catch((error) => {
      this.#tell(`The move does not start again: ${error instanceof Error ? error.message : error}`);
    });
    await this.#running;
  }

  /** Closes the twin, and reports nothing more. */
  close(): void {
    this.#tell = () => {};
    this.#cancelConfirmation?.();
    this.#rollout.close();
    this.sessions.close();
  }

  #newRollout(): Rollout {
    return rollout(this.sessions, {
      plan: SESSION_PLAN,
      coolDownMs: COOL_DOWN_MS,
      onEvent: (event) => this.#happened(event),
    });
  }

  async #restart(): Promise<void> {
    const { sessions } = this;
    const { stage } = sessions.report();
    if (stage === "rampdown" || stage === "complete") {
      this.#tell(`The new map answers at ${stage}, so its damage stays.`);
      return;
    }
    const why = "the fault was removed and the new map cleared";
    if (this.#rollout.report().state !== "ended") await this.#rollout.abort(why, "demo");
    if (sessions.report().stage === "live") sessions.stage("shadow");
    if (sessions.report().stage === "shadow") sessions.stage("dualwrite");
    await sessions.settle();
    if (sessions.report().stage === "dualwrite") sessions.stage("off");
    this.#newMap.clear();
    sessions.reset(why);
    this.#tell(`${"off".padEnd(10)}  The new map is cleared; the move starts again.`);
    this.#rollout = this.#newRollout();
    this.#rollout.start();
  }

  #happened(event: RolloutEvent): void {
    const { kind, stage, percent } = event;
    if (kind !== "start") this.#tell(eventLine(event, this.sessions.report()));
    if (kind === "back" && this.#planted !== undefined) {
      this.#tell(
        `            It went back ${count(this.#sincePlantedMs())} ms after ${this.#planted.fault} was planted.`,
      );
    }
    if (kind === "move" && stage === "live" && percent === FAULT_PERCENT && this.#faultToPlant !== undefined) {
      this.plant(this.#faultToPlant);
      this.#faultToPlant = undefined;
    }
    this.#confirmLater(event);
  }

  /** Confirms `complete` when `rampdown` has lasted long enough, unless somebody does so first, or does not want it. */
  #confirmLater({ kind, stage }: RolloutEvent): void {
    this.#cancelConfirmation?.();
    this.#cancelConfirmation = undefined;
    if (stage !== "rampdown" || (kind !== "move" && kind !== "force" && kind !== "resume")) return;
    const seconds = RAMPDOWN_MS / 1_000;
    this.#tell(
      `            Somebody must confirm complete: in ${seconds} seconds the demo does, unless you confirm or pause before.`,
    );
    const confirm = () => this.#rollout.confirm(`nobody did within ${seconds} seconds`, "demo");
    this.#cancelConfirmation = this.#clock.schedule(confirm, RAMPDOWN_MS, { unref: true });
  }

  #sincePlantedMs(): number {
    return Math.ceil(this.#clock.monotonicMs() - this.#plantedAtMs);
  }

  #found({ kind, key, old, new: now, paths }: ReportedDiff): void {
    if (this.#planted === undefined || this.#planted.firstDiff !== undefined) return;
    const [place = { path: "", old, new: now }] = paths;
    const where = place.path === "" ? "" : ` at ${place.path}`;
    const firstDiff = `${kind}${where}: old ${place.old}, new ${place.new}, key ${key}`;
    this.#planted = { ...this.#planted, firstDiff };
    this.#tell(`First diff after ${count(this.#sincePlantedMs())} ms: ${firstDiff}.`);
  }
}
