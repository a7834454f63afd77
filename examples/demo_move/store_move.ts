import { type Clock, type StoreTwinMap, systemClock, twin } from "@twinmap/twinmap";
import { moveToShadow, resultOfSweep } from "./move_to_shadow.ts";
import type { Session, SessionId, SessionMap } from "../demo/session_service.ts";
import { type Happening, Happenings } from "./happenings.ts";
import type { NewStore } from "./new_store.ts";

/** What is wrong with the new store at present. */
export type Trouble = "stopped" | "slow";

/** How often the move looks whether the new store has caught up, in milliseconds. */
const LOOK_MS = 250;

/** Moves the sessions from a `Map` to a store that can be stopped, slowed down, and cut off. */
export class StoreMove {
  readonly store: NewStore;
  readonly sessions: StoreTwinMap<SessionId, Session>;
  readonly #clock: Clock;
  readonly #happenings: Happenings;
  #trouble: Trouble | undefined;
  #serviceWaits = false;
  #wasBroken = false;
  /** Whether the maps are to be compared as soon as the new one has caught up. */
  #isCatchingUp = false;
  #working: Promise<void> = Promise.resolve();
  #isClosed = false;

  /** @param tell Called with a line of text for each thing that happens. */
  constructor(store: NewStore, tell: (line: string) => void, clock: Clock = systemClock) {
    this.store = store;
    this.#clock = clock;
    this.#happenings = new Happenings(clock, (line) => this.#isClosed || tell(line));
    this.sessions = twin(new Map<SessionId, Session>(), store.map, {
      name: "sessions",
      instances: "one",
      mirror: "queued",
      clock,
      // These sessions are made up. Do not reveal real ones.
      reveal: true,
      // A demo has neither millions of keys nor hours.
      gate: { threshold: 1e-2, holdMs: 10_000 },
      settleMs: [500, 2_000],
      unknownMs: 5_000,
      syncIdleMs: 5_000,
    });
    this.#watch();
  }

  /** The map that the service's code calls at present. */
  get called(): SessionMap {
    return this.#serviceWaits ? this.sessions.promised : this.sessions;
  }

  /** Whether the service waits for answers, as it must before the new store may answer. */
  get serviceWaits(): boolean {
    return this.#serviceWaits;
  }

  /** What is wrong with the new store at present, if anything. */
  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  /** The last things that happened, the latest first. */
  get happenings(): readonly Happening[] {
    return this.#happenings.last;
  }

  /** Moves from off to shadow. */
  begin(): Promise<void> {
    return this.#work(() => this.#moveToShadow());
  }

  /** Stops the new store. */
  stop(): void {
    this.#set("stopped", () => this.store.stop());
    this.#happened(`${this.store.name} was stopped: it takes commands, and does not answer.`);
  }

  /** Makes the new store slow. */
  slowDown(): void {
    this.#set("slow", () => this.store.slowDown());
    this.#happened(`${this.store.name} was slowed down.`);
  }

  /** Lets the new store work again, and compares all sessions as soon as it has caught up. */
  goOn(): void {
    this.#set(undefined, () => this.store.goOn());
    this.#happened(`${this.store.name} goes on.`);
    this.#isCatchingUp = true;
  }

  /** Loses the connection to the new store in the middle of writes, and compares all sessions as soon as it has caught up. */
  async loseConnection(): Promise<void> {
    this.#set(undefined, () => this.store.goOn());
    await this.#attempt(() => this.store.loseConnection());
    this.#happened("The connection was lost. Nobody knows whether the writes under way were made.");
    this.#isCatchingUp = this.#trouble === undefined;
  }

  /** Lets the service wait for answers from now on. */
  letServiceWait(): void {
    if (this.#serviceWaits) return;
    this.#serviceWaits = true;
    this.#happened("The service waits for answers from now on. In 5 seconds the new store may answer.");
  }

  /** Closes the twin, but not the new store, and tells nothing more. */
  close(): void {
    this.#isClosed = true;
    this.sessions.close();
  }

  #happened(text: string): void {
    this.#happenings.add(text);
  }

  #set(trouble: Trouble | undefined, cause: () => void): void {
    this.#isCatchingUp = false;
    this.#trouble = trouble;
    cause();
  }

  /** Says when the breaker opens and closes, and compares all sessions when the new store has caught up. */
  #watch(): void {
    if (this.#isClosed) return;
    const { broken, journaled } = this.sessions.report().mirror;
    if (broken && !this.#wasBroken) this.#happened("The breaker opened: writes to the new store are put off.");
    if (!broken && this.#wasBroken) this.#happened("The breaker closed: the new store answers again.");
    this.#wasBroken = broken;
    if (this.#isCatchingUp && !broken && journaled === 0) {
      this.#isCatchingUp = false;
      this.#work(() => this.#compareAll());
    }
    this.#clock.schedule(() => this.#watch(), LOOK_MS, { unref: true });
  }

  #moveToShadow(): Promise<void> {
    return moveToShadow(this.sessions, (text, stage) => this.#happened(stage ? `${stage}: ${text}` : text));
  }

  /** Compares all sessions, and soon again if some of them could not be compared: the store failed, or they were written at each look. */
  async #compareAll(): Promise<void> {
    const { sessions } = this;
    if (sessions.report().backfill.state !== "done") return await this.#moveToShadow();
    await sessions.sweep();
    const { clean, diffs } = sessions.report().sweep;
    if (clean || diffs > 0) {
      this.#happened(`The journal is empty. All sessions were compared: ${resultOfSweep(sessions)}.`);
    } else {
      this.#isCatchingUp = this.#trouble === undefined;
    }
  }

  /** Runs `task` when those before it have ended. */
  #work(task: () => Promise<void>): Promise<void> {
    return this.#working = this.#working.then(() => this.#attempt(task));
  }

  async #attempt(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      this.#happened(`A step failed at ${this.sessions.report().stage}: ${reason}`);
    }
  }
}
