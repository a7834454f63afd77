import {
  AbstractAsyncMap,
  type AsyncStore,
  type AsyncTwinMap,
  type AsyncTwinOptions,
  type Clock,
  type StoredEntry,
  StoreError,
  twin,
} from "@twinmap/twinmap";
import { checkLinearizable, mapModel, type Operation } from "@twinmap/twinmap/linearizability";
import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { joinInstances } from "../verify/pair/instances.ts";
import { explored, type Run, type Step } from "./explorer.ts";

type Side = "old" | "new";
type Users = AsyncTwinMap<string, number>;
type Held = number | undefined;

/** The one key that there is. */
const KEY = "key";

/** For so long nobody waits. */
const NEVER_MS = 2 ** 30;

/** So long passes in one step: longer than any wait for a retry. */
const PASSING_MS = 60_000;

/** A call of a caller, by the name and the arguments of the method. */
export type Call = readonly [name: "get" | "set" | "getOrInsert" | "delete", ...args: number[]];

/** What is explored: twins of one process over the same two stores. */
export interface Scenario {
  readonly twins: readonly {
    /** The callers, each with what it calls, one after the other. */
    readonly callers: readonly (readonly Call[])[];
    /** What else is done, all at a time. */
    readonly work?: readonly ((users: Users) => Promise<unknown>)[];
  }[];
  readonly options: AsyncTwinOptions<string, number>;
  /** Whether the twins do not know of each other: each has a name of its own. */
  readonly areStrangers?: boolean;
  /** Whether one more twin, the last one, reads the key once and compares it. */
  readonly isCompared?: boolean;
  /** What the sides hold in the beginning. */
  readonly held?: { readonly [side in Side]?: number };
  /** How many writes time out, with an effect that comes later, or never. */
  readonly lost?: number;
  /** How often time may pass while something else can be done: keys are copied from the journal then, and looked at again. */
  readonly passes?: number;
  /** Whether a read is answered at the moment at which the store reads, never later. */
  readonly readsAnswerAtOnce?: boolean;
  /** Whether a lost write may take effect even after the time after which none is to. */
  readonly isLostForever?: boolean;
}

/** A command that a store was sent. */
interface Command {
  readonly name: string;
  readonly by: number;
  readonly isWrite: boolean;
  readonly apply: () => unknown;
  readonly settle: PromiseWithResolvers<unknown>;
  state: "sent" | "applied" | "lost";
  answer: unknown;
}

/** Runs what is due at once before the next step, and the rest when a step lets time pass. */
class SteppedClock implements Clock {
  #nowMs = 0;
  #tasks: { task: () => void; atMs: number }[] = [];

  now(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  schedule(task: () => void, delayMs: number): () => void {
    const scheduled = { task, atMs: this.#nowMs + delayMs };
    this.#tasks.push(scheduled);
    return () => void (this.#tasks = this.#tasks.filter((other) => other !== scheduled));
  }

  pass(): void {
    this.#nowMs += PASSING_MS;
  }

  async settled(): Promise<void> {
    do {
      await new Promise<void>((resolve) => void setImmediate(resolve));
    } while (this.#runDue());
  }

  #runDue(): boolean {
    const due = this.#tasks.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#tasks = this.#tasks.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { task } of due) task();
    return due.length > 0;
  }
}

/** How many runs there were: the twins of one do not know those of another one. */
let runs = 0;

class SteppedMap extends AbstractAsyncMap<string, number> {}

/**
 * Twins over two stores whose commands take effect, and are answered, in steps. So the twins are the real ones, and what they
 * do next depends only on the answers that they had.
 */
export class ExploredTwins implements Run {
  readonly #scenario: Scenario;
  readonly #clock = new SteppedClock();
  readonly #held: { [side in Side]: Held };
  readonly #commands: Command[] = [];
  readonly #twins: readonly Users[];
  /** What is still to be begun. */
  readonly #idle = new Map<string, () => void>();
  /** What each twin was told, in order. */
  readonly #told: string[][];
  /** Calls and returns, in order. */
  readonly #events: string[] = [];
  readonly #history: Operation[] = [];
  readonly #failures: unknown[] = [];
  /** The version of the key that a twin is told which asks the others. */
  readonly #versionOf: (id: unknown) => number | undefined;
  readonly #firstVersion: number | undefined;
  /** Whether one has asked since the last step. */
  #isAsked = false;
  /** The twin that compares, until it has come to a verdict. */
  #comparing: number | undefined;
  #time = 0;
  #lost: number;
  #passes: number;

  constructor(scenario: Scenario) {
    const { held = {}, lost = 0, passes = 0, options, areStrangers = false, isCompared = false } = scenario;
    const twins = isCompared ? [...scenario.twins, { callers: [] }] : scenario.twins;
    const name = `run ${++runs}`;
    this.#scenario = scenario;
    this.#held = { old: held.old, new: held.new };
    this.#lost = lost;
    this.#passes = passes;
    this.#told = twins.map(() => []);
    this.#twins = twins.map((_, by) =>
      twin(this.#map("old", by), this.#map("new", by), {
        sample: isCompared && by === twins.length - 1 ? 1 : 0,
        unknownMs: 1_000,
        mirrorTimeoutMs: NEVER_MS,
        ...options,
        name: areStrangers ? `${name}, twin ${by}` : name,
        onDiff: () => this.#failures.push("a diff"),
        clock: this.#clock,
      })
    );
    this.#versionOf = joinInstances(name, () => (this.#isAsked = true, 0));
    this.#firstVersion = this.#versionOf(KEY);
    if (held.old !== undefined) {
      this.#history.push({ client: "before", name: "set", args: [KEY, held.old], ...this.#now() });
    }
    for (const [by, { callers, work = [] }] of twins.entries()) {
      callers.forEach((calls, caller) => this.#await(`${by}.${caller}`, by, calls));
      work.forEach((work, at) => this.#begin(`${by} works ${at}`, by, () => work(this.#twins[by] as Users)));
    }
    if (isCompared) this.#compare(twins.length - 1);
  }

  async settled(): Promise<void> {
    this.#isAsked = false;
    await this.#clock.settled();
    if (this.#isAsked) this.#told.at(-1)?.push(`version ${Number(this.#versionOf(KEY)) - Number(this.#firstVersion)}`);
  }

  *steps(): Generator<Step> {
    for (const [name, begin] of this.#idle) yield { name, make: begin };
    for (const command of this.#commands) yield* this.#stepsOf(command);
    const nothingElse = this.#idle.size === 0 && this.#commands.every(({ state }) => state === "lost");
    if ((nothingElse || this.#passes > 0) && this.#waits) {
      yield { name: "time passes", make: () => this.#pass(nothingElse) };
    }
  }

  state(): string {
    const commands = this.#commands.map(({ name, by, state, answer }) => [name, by, state, answer]);
    const { old, new: isNew } = this.#held;
    return JSON.stringify([
      old,
      isNew,
      this.#lost,
      this.#passes,
      commands.sort(),
      this.#told,
      this.#events,
      this.#failures,
    ]);
  }

  wrong(): unknown {
    if (this.#failures.length > 0) return this.#failures;
    const { old, new: isNew } = this.#held;
    if (old !== isNew) return { old, new: isNew };
    const last = { client: "after", name: "get", args: [KEY], ...this.#now(), result: old };
    const { verdict } = checkLinearizable([...this.#history, last], mapModel());
    return verdict === "linearizable" ? undefined : this.#history;
  }

  /** Whether the key is to be copied, or looked at again, when time has passed. */
  get #waits(): boolean {
    if (this.#comparing !== undefined) return this.#commands.every(({ by }) => by !== this.#comparing);
    return this.#twins.some((users) => users.report().mirror.journaled > 0);
  }

  #now(): { calledAt: number; returnedAt: number } {
    return { calledAt: ++this.#time, returnedAt: ++this.#time };
  }

  #begin(name: string, by: number, begin: () => Promise<unknown>): void {
    this.#idle.set(name, () => {
      this.#idle.delete(name);
      this.#told[by]?.push(name);
      begin().catch((error: unknown) => this.#failures.push(error));
    });
  }

  async #compare(by: number): Promise<void> {
    this.#comparing = by;
    const users = this.#twins[by] as Users;
    await users.get(KEY);
    await users.settle();
    this.#comparing = undefined;
    // Nothing follows from it any more.
    this.#told[by] = [];
  }

  #await(client: string, by: number, [call, ...later]: readonly Call[]): void {
    if (call === undefined) return;
    const [name, ...args] = call;
    this.#begin(`${client} ${name} ${args}`, by, async () => {
      const operation = { client, name, args: [KEY, ...args], calledAt: ++this.#time };
      this.#events.push(`${client}>`);
      const users = this.#twins[by] as Users;
      try {
        const result = name === "get" || name === "delete"
          ? await users[name](KEY)
          : await users[name](KEY, args[0] as number);
        this.#history.push({ ...operation, returnedAt: ++this.#time, result });
      } catch (error) {
        if (!(error instanceof StoreError) || error.outcome !== "unknown") throw error;
        this.#history.push({ ...operation, client: `${client} lost` });
      }
      this.#events.push(`${client}<`);
      this.#await(client, by, later);
    });
  }

  *#stepsOf(command: Command): Generator<Step> {
    const { name, by, isWrite, settle, state, apply } = command;
    const remove = () => void this.#commands.splice(this.#commands.indexOf(command), 1);
    if (state === "lost") {
      yield {
        name: `late ${name}`,
        make: () => {
          remove();
          apply();
        },
      };
      return;
    }
    const answer = () => {
      remove();
      this.#told[by]?.push(`${name}=${JSON.stringify(command.answer)}`);
      settle.resolve(command.answer);
    };
    if (state === "applied") {
      yield { name: `answer ${name}`, make: answer };
      return;
    }
    yield {
      name,
      make: () => {
        command.answer = apply();
        command.state = "applied";
        if (!isWrite && this.#scenario.readsAnswerAtOnce === true) answer();
      },
    };
    if (!isWrite || this.#lost === 0) return;
    yield {
      name: `lose ${name}`,
      make: () => {
        this.#lost--;
        command.state = "lost";
        this.#told[by]?.push(`${name} lost`);
        settle.reject(
          new StoreError("lost", { store: "a test", operation: name, outcome: "unknown", retryable: false }),
        );
      },
    };
  }

  #pass(nothingElse: boolean): void {
    if (!nothingElse) this.#passes--;
    if (this.#scenario.isLostForever !== true) {
      for (const late of this.#commands.filter(({ state }) => state === "lost")) {
        this.#commands.splice(this.#commands.indexOf(late), 1);
      }
    }
    this.#told.forEach((told) => told.push("time"));
    this.#clock.pass();
  }

  #map(side: Side, by: number): SteppedMap {
    const read = (): StoredEntry<number> | undefined => {
      const value = this.#held[side];
      return value === undefined ? undefined : { value };
    };
    const run = <T>(name: string, isWrite: boolean, apply: () => T): Promise<T> => {
      const settle = Promise.withResolvers<unknown>();
      this.#commands.push({
        name: `${by} ${side}.${name}`,
        by,
        isWrite,
        apply,
        settle,
        state: "sent",
        answer: undefined,
      });
      return settle.promise as Promise<T>;
    };
    const store: AsyncStore<string, number> = {
      get: () => run("get", false, read),
      getMany: () => run("get", false, () => [read()]),
      set: (_, value) => run(`set ${value}`, true, () => void (this.#held[side] = value)),
      delete: () =>
        run("delete", true, () => {
          const isHeld = this.#held[side] !== undefined;
          this.#held[side] = undefined;
          return isHeld;
        }),
      compareAndSet: (_, seen, next) =>
        run(`swap ${seen?.value} ${next?.value}`, true, () => {
          if (this.#held[side] !== seen?.value) return false;
          this.#held[side] = next?.value;
          return true;
        }),
      entries: () => this.#walk(side),
    };
    return new SteppedMap(store, { clock: this.#clock, timeoutMs: 2 ** 31 - 1 });
  }

  /** What a walk finds does not depend on the moment in which it begins: it is made at once. */
  async *#walk(side: Side): AsyncGenerator<[string, number], undefined> {
    const value = this.#held[side];
    if (value !== undefined) yield [KEY, value];
  }
}

/** A scenario in which both sides are equal at first, and a further twin may find a difference twice while others write. */
export const COMPARED: Omit<Scenario, "twins"> = {
  isCompared: true,
  options: {
    mirror: "inline",
    at: { stage: "shadow" },
    instances: "many",
    settleMs: [1_000],
    unknownMs: NEVER_MS,
  },
  held: { old: 1, new: 1 },
  passes: 1,
};

/** Asserts that every end of a scenario is right. */
export async function holds(scenario: Scenario): Promise<void> {
  const { counterexample, ends, givenUp } = await explored(() => new ExploredTwins(scenario));
  assertEquals(counterexample, undefined);
  assertEquals(givenUp, 0);
  assert(ends > 1);
}

/** Asserts that an end of a scenario is wrong. */
export async function fails(scenario: Scenario): Promise<void> {
  const { counterexample } = await explored(() => new ExploredTwins(scenario));
  assert(counterexample !== undefined);
}
