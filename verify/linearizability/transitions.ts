import { isDeepEqual } from "../../src/equality/deep_equal.ts";
import type { Budget } from "./budget.ts";
import type { Configuration } from "./configurations.ts";
import { type Entry, MINUS_ZERO, type Part } from "./history.ts";
import type { Model, Outcome } from "./model.ts";

/**
 * The entries that must take effect between their call and their return, with their results. Any other entry may take
 * effect there with any result, or not at all.
 */
export interface Required {
  has(entry: Entry): boolean;
}

/** An entry that takes effect, or none if one that is not required returns without effect. */
export interface Move {
  readonly entry: Entry | undefined;
  /** The number of the state afterwards. */
  readonly state: number;
}

/**
 * The moves that can follow a configuration of a part.
 *
 * An entry takes effect as late as possible: when it has to return, or just before another one that has to return, to
 * prepare the state for it. Three rules keep the number of configurations down without losing an order. The first and
 * the last are applied here, the second in `Configurations`:
 *
 * 1. A required entry that only reads, and fits the state, takes effect at once: in any order that follows, it can be
 *    moved to here, since no other entry would notice.
 * 2. A configuration that differs from another one only by having used more of the entries that are not required is not
 *    entered: whatever follows it could also follow the other one.
 * 3. Of such entries with the same name and arguments, the one that returns first is used first.
 *
 * Sources: J. M. Wing and C. Gong, "Testing and Verifying Concurrent Objects", Journal of Parallel and Distributed
 * Computing 17 (1993), for the search; G. Lowe, "Testing for Linearizability", Concurrency and Computation: Practice
 * and Experience 29 (2017), for just-in-time linearization and for remembering configurations.
 */
export class Transitions<State> {
  readonly part: Part;
  readonly #model: Model<State>;
  readonly #states: State[] = [];
  readonly #numbers = new Map<unknown, number>();
  readonly #neverReturned: readonly Entry[];
  /** For each event, the first call of the entries that return there or later. */
  readonly #firstCall: readonly number[];
  /** For each event, the open entries that return, in the order of their returns. */
  readonly #open = new Map<number, readonly Entry[]>();

  constructor(part: Part, model: Model<State>) {
    this.part = part;
    this.#model = model;
    this.#neverReturned = part.entries.filter((entry) => entry.return === Infinity);
    const firstCall: number[] = [];
    for (let at = part.events.length - 1, first = Infinity; at >= 0; at--) {
      const entry = part.events[at] as Entry;
      if (entry.return === at) first = Math.min(first, entry.call);
      firstCall[at] = first;
    }
    this.#firstCall = firstCall;
  }

  /** The number of the first state. */
  get initial(): number {
    return this.#numberOf(this.#model.initial);
  }

  stateOf(number: number): State {
    return this.#states[number] as State;
  }

  /** Lets reads take effect, and advances to the next return of an entry without effect, at most to `to`. */
  settle(configuration: Configuration, to: number, required: Required, budget: Budget): void {
    budget.spend(1);
    do this.#skipReturns(configuration, to); while (
      configuration.event <= to && this.#read(configuration, required, budget)
    );
  }

  /** The possible moves at the return of an entry that has not taken effect, in the order of their returns. */
  moves(configuration: Configuration, required: Required, budget: Budget): Move[] {
    const { event, state } = configuration;
    const moves: Move[] = [];
    let effects: Set<number> | undefined;
    for (const entry of this.#candidates(event, budget)) {
      if (configuration.has(entry) || isBehind(entry.previous, configuration, required)) continue;
      const isRequired = required.has(entry);
      if (isRequired ? entry.isRead : effects?.has(entry.effect)) continue;
      if (!isRequired) (effects ??= new Set()).add(entry.effect);
      for (const outcome of this.#outcomes(entry, state, budget)) {
        if (isRequired && !this.#fits(entry, outcome)) continue;
        const next = this.#numberOf(outcome.state);
        if (isRequired || next !== state) moves.push({ entry, state: next });
      }
    }
    if (!required.has(this.part.events[event] as Entry)) moves.push({ entry: undefined, state });
    return moves;
  }

  /** Applies a move to a configuration. */
  apply({ entry, state }: Move, configuration: Configuration, required: Required): void {
    configuration.state = state;
    if (entry === undefined) configuration.event++;
    else configuration.take(entry, required.has(entry));
  }

  /** Whether an entry can have its result in a state. */
  fitsIn(entry: Entry, state: number, budget: Budget): boolean {
    return this.#outcomes(entry, state, budget).some((outcome) => this.#fits(entry, outcome));
  }

  /** Advances to the next return of an entry that has not taken effect. */
  #skipReturns(configuration: Configuration, to: number): void {
    for (; configuration.event <= to; configuration.event++) {
      const entry = this.part.events[configuration.event] as Entry;
      if (entry.return !== configuration.event) continue;
      if (!configuration.has(entry)) return;
      configuration.close(entry);
    }
  }

  /** Lets all fitting reads take effect, and returns whether the entry that has to return is one of them. */
  #read(configuration: Configuration, required: Required, budget: Budget): boolean {
    for (const entry of this.openAt(configuration.event, budget)) {
      if (!entry.isRead || configuration.has(entry) || !required.has(entry)) continue;
      if (isBehind(entry.previous, configuration, required)) continue;
      if (this.fitsIn(entry, configuration.state, budget)) configuration.take(entry, true);
    }
    return configuration.has(this.part.events[configuration.event] as Entry);
  }

  /** The entries that are open at an event and return, in the order of their returns. */
  openAt(event: number, budget?: Budget): readonly Entry[] {
    let open = this.#open.get(event);
    if (open === undefined) this.#open.set(event, open = this.#returningAt(event, budget));
    return open;
  }

  /** The entries that may take effect at a return: the open ones that return, then those that never return. */
  #candidates(event: number, budget: Budget): readonly Entry[] {
    const open = this.openAt(event, budget);
    if (this.#neverReturned.length === 0) return open;
    return [...open, ...this.#neverReturned.filter((entry) => entry.call < event)];
  }

  #returningAt(event: number, budget?: Budget): readonly Entry[] {
    const first = this.#firstCall[event] as number;
    budget?.spend(event - first);
    const open: Entry[] = [];
    for (let at = first; at < event; at++) {
      const entry = this.part.events[at] as Entry;
      if (entry.call === at && entry.return >= event && entry.return < Infinity) open.push(entry);
    }
    return open.sort((a, b) => a.return - b.return);
  }

  #outcomes({ operation }: Entry, state: number, budget: Budget): readonly Outcome<State>[] {
    budget.spend(1);
    const apply = this.#model.operations[operation.name] as (
      state: State,
      ...args: readonly unknown[]
    ) => ReturnType<Model<State>["operations"][string]>;
    const outcome = apply(this.#states[state] as State, ...operation.args);
    return outcome.anyOf ?? [outcome];
  }

  #fits({ operation }: Entry, outcome: Outcome<State>): boolean {
    return !("result" in outcome) || (this.#model.equals ?? isDeepEqual)(operation.result, outcome.result);
  }

  #numberOf(state: State): number {
    const key = this.#model.stateKey === undefined ? state : this.#model.stateKey(state);
    const stored = Object.is(key, -0) ? MINUS_ZERO : key;
    const known = this.#numbers.get(stored);
    if (known !== undefined) return known;
    this.#numbers.set(stored, this.#states.length);
    return this.#states.push(state) - 1;
  }
}

/** Whether an entry must wait for its client's previous one. */
function isBehind(previous: Entry | undefined, configuration: Configuration, required: Required): boolean {
  return previous !== undefined && required.has(previous) && previous.return >= configuration.event &&
    !configuration.has(previous);
}
