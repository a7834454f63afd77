import { type ReportedDiff, ShardedMap, twin, type TwinMap, type TwinReport } from "@twinmap/twinmap";
import { FAULT_NAMES, type FaultName, FAULTS } from "../../testing/faults.ts";
import { FaultyMap } from "../../testing/faulty_map.ts";
import { count } from "./numbers.ts";
import type { Session, SessionId } from "./session_service.ts";

/** The faults that can be seen here: a `ShardedMap` promises no order, so its order is not compared. */
export const SESSION_FAULTS: readonly FaultName[] = FAULT_NAMES.filter((name) =>
  name !== "reorders" && name !== "repeats"
);

/** A fault that is planted, and what has come of it. */
export interface Planted {
  readonly fault: FaultName;
  /** What was known at that moment. */
  readonly before: TwinReport;
  /** The first diff after it, in words. */
  readonly firstDiff: string | undefined;
}

/** The move of the sessions from a `Map` to a `ShardedMap`, which can be made faulty. */
export class SessionMove {
  /** What the service uses: a twin of both maps. */
  readonly sessions: TwinMap<SessionId, Session>;
  readonly #newMap = new FaultyMap<SessionId, Session>(new ShardedMap());
  #tell: (line: string) => void;
  #planted: Planted | undefined;
  #plantedAtMs = 0;
  #way: Promise<void> = Promise.resolve();

  /** @param tell Told what happens, in lines for people. */
  constructor(tell: (line: string) => void) {
    this.#tell = tell;
    this.sessions = twin(new Map<SessionId, Session>(), this.#newMap, {
      name: "sessions",
      // These sessions are nobody's. Real ones are better not revealed.
      reveal: true,
      // A demo has neither millions of keys nor an hour.
      gate: { threshold: 1e-3, holdMs: 10_000 },
      onDiff: (diff) => this.#found(diff),
    });
  }

  /** The fault that is planted now, if there is one. */
  get planted(): Planted | undefined {
    return this.#planted;
  }

  /** Goes from off to shadow. It ends early if somebody moves the twin meanwhile, or a fault is in the way. */
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

  /** Takes the fault away and, as long as the old map is to be relied on, its damage too: the move begins anew. */
  async takeAway(): Promise<void> {
    if (this.#planted === undefined) return;
    this.#newMap.fault = undefined;
    this.#tell(`Took ${this.#planted.fault} away.`);
    this.#planted = undefined;
    await this.#go(() => this.#beginAnew());
  }

  /** Ends the comparing; nothing is told any more. */
  close(): void {
    this.#tell = () => {};
    this.sessions.close();
  }

  /** Goes a way when those before have ended. */
  #go(way: () => Promise<void>): Promise<void> {
    return this.#way = this.#way.then(way).catch((error) => {
      const reason = error instanceof Error ? error.message : error;
      this.#tell(`The move stops at ${this.sessions.report().stage}: ${reason}`);
    });
  }

  async #beginAnew(): Promise<void> {
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
    sessions.reset("the fault was taken away, and the new map emptied");
    this.#tell("off        The new map is emptied of the damage; the move begins anew.");
    await this.#walk();
  }

  async #walk(): Promise<void> {
    const { sessions } = this;
    sessions.stage("dualwrite");
    await sessions.backfill();
    const copied = sessions.report().backfill.done;
    this.#tell(`dualwrite  Writes go to both maps, and ${count(copied)} sessions were copied to the new one.`);
    await sessions.sweep();
    const { diffs, inconclusive, clean } = sessions.report().sweep;
    const result = clean ? "no diff" : `${count(diffs)} diffs, ${count(inconclusive)} inconclusive`;
    this.#tell(`           All sessions were compared, in both directions: ${result}.`);
    sessions.stage("shadow");
    this.#tell("shadow     Whatever is read is compared as well.");
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
