import { type ReportedDiff, ShardedMap, twin, type TwinMap, type TwinReport } from "@twinmap/twinmap";
import { FAULT_NAMES, type FaultName, FAULTS } from "../../testing/faults.ts";
import { FaultyMap } from "../../testing/faulty_map.ts";
import { moveToShadow } from "./move_to_shadow.ts";
import { count } from "./numbers.ts";
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

/** Moves the sessions from a `Map` to a `ShardedMap`, in which it can plant faults. */
export class SessionMove {
  /** What the service uses: a twin of both maps. */
  readonly sessions: TwinMap<SessionId, Session>;
  readonly #newMap = new FaultyMap<SessionId, Session>(new ShardedMap());
  #tell: (line: string) => void;
  #planted: Planted | undefined;
  #plantedAtMs = 0;
  #running: Promise<void> = Promise.resolve();

  /** @param tell Called with a line of text for each thing that happens. */
  constructor(tell: (line: string) => void) {
    this.#tell = tell;
    this.sessions = twin(new Map<SessionId, Session>(), this.#newMap, {
      name: "sessions",
      // These sessions are made up. Do not reveal real ones.
      reveal: true,
      // A demo has neither millions of keys nor an hour.
      gate: { threshold: 1e-3, holdMs: 10_000 },
      onDiff: (diff) => this.#found(diff),
    });
  }

  /** The fault that is planted now, if any. */
  get planted(): Planted | undefined {
    return this.#planted;
  }

  /** Moves from off to shadow. Stops early if somebody else moves the twin, or if a fault prevents a step. */
  begin(): Promise<void> {
    return this.#go(() => this.#walk());
  }

  /** Makes the new map faulty from now on. */
  plant(fault: FaultName): void {
    this.#newMap.fault = fault;
    this.#planted = { fault, before: this.sessions.report(), firstDiff: undefined };
    this.#plantedAtMs = performance.now();
    this.#tell(`Planted ${fault}: ${FAULTS[fault].description}.`);
  }

  /** Removes the fault. While the old map is intact, it also clears the new one and starts the move again. */
  async takeAway(): Promise<void> {
    if (this.#planted === undefined) return;
    this.#newMap.fault = undefined;
    this.#tell(`Removed ${this.#planted.fault}.`);
    this.#planted = undefined;
    await this.#go(() => this.#restart());
  }

  /** Closes the twin, and reports nothing more. */
  close(): void {
    this.#tell = () => {};
    this.sessions.close();
  }

  /** Runs `task` when those before it have ended. */
  #go(task: () => Promise<void>): Promise<void> {
    return this.#running = this.#running.then(task).catch((error) => {
      const reason = error instanceof Error ? error.message : error;
      this.#tell(`The move stops at ${this.sessions.report().stage}: ${reason}`);
    });
  }

  async #restart(): Promise<void> {
    const { sessions } = this;
    const { stage } = sessions.report();
    if (stage === "rampdown" || stage === "complete") {
      this.#tell(`The new map answers at ${stage}, so its damage stays.`);
      return;
    }
    if (stage === "live") sessions.stage("shadow");
    sessions.stage("dualwrite");
    await sessions.settle();
    sessions.stage("off");
    this.#newMap.clear();
    sessions.reset("the fault was removed and the new map cleared");
    this.#tell("off        The new map is cleared; the move starts again.");
    await this.#walk();
  }

  async #walk(): Promise<void> {
    await moveToShadow(this.sessions, (text, stage) => this.#tell(`${(stage ?? "").padEnd(9)}  ${text}`));
  }

  #found({ kind, key, old, new: now, paths }: ReportedDiff): void {
    if (this.#planted === undefined || this.#planted.firstDiff !== undefined) return;
    const afterMs = Math.ceil(performance.now() - this.#plantedAtMs);
    const [place = { path: "", old, new: now }] = paths;
    const where = place.path === "" ? "" : ` at ${place.path}`;
    const firstDiff = `${kind}${where}: old ${place.old}, new ${place.new}, key ${key}`;
    this.#planted = { ...this.#planted, firstDiff };
    this.#tell(`First diff after ${count(afterMs)} ms: ${firstDiff}.`);
  }
}
