import { isDeepEqual } from "../equality/deep_equal.ts";
import { type Entry, MINUS_ZERO, type Part } from "./history.ts";
import type { Model, Outcome } from "./model.ts";

/** How many more times the model may be asked. */
export interface Budget {
  steps: number;
}

/** What is asked about a part: whether its required entries can be put in an order. */
export interface Question {
  /** The first and the last event to look at. */
  readonly from: number;
  readonly to: number;
  /** The numbers of the states that the first event may be met in. */
  readonly states: readonly number[];
  /**
   * The entries that must take effect between their call and their return, with their results. Any other one may take
   * effect there, with whatever result, or not at all.
   */
  readonly required: ReadonlySet<Entry>;
}

/** What a search found out. */
export interface Findings {
  /** Whether there is such an order; `unknown` if the budget was used up before. */
  readonly order: "found" | "none" | "unknown";
  /** The last event that was reached: if there is no order, there is none up to there. */
  readonly reached: number;
  /** For each state that was met, by its number, the first event at which it was. */
  readonly met: ReadonlyMap<number, number>;
}

/** How far a search has come: everything before `event` is settled. */
interface Configuration {
  readonly event: number;
  readonly state: number;
  /** The bits of the required entries that are open and took effect. */
  readonly done: bigint;
  /** The bits of the other entries that are open and took effect. */
  readonly used: bigint;
}

/**
 * Searches for an order of a part's operations in which each takes effect between its call and its return, and has the
 * result that the model gives it.
 *
 * It goes through the events, depth first. An entry takes effect as late as can be: when one has to return that did not
 * take effect yet, or before that one, to prepare the state for it. A configuration that was met before is not entered
 * again. Three rules keep the number of configurations down without losing an order:
 *
 * 1. A required entry that only reads, and fits the state, takes effect at once: in any order that follows, it can be moved
 *    to here, since no other one would notice.
 * 2. A configuration that differs from one that was met only by having used more of the entries that need not take effect
 *    is not entered: whatever follows it could follow the other one.
 * 3. Of such entries with the same name and arguments, the one that returns first is used first.
 *
 * Sources: J. M. Wing and C. Gong, "Testing and Verifying Concurrent Objects", Journal of Parallel and Distributed
 * Computing 17 (1993), for the search; G. Lowe, "Testing for Linearizability", Concurrency and Computation: Practice and
 * Experience 29 (2017), for just-in-time linearization and for remembering configurations.
 *
 * O(events · states · 2^c) at worst for c clients, in time and memory, and usually O(events) where there is an order.
 */
export class Search<State> {
  readonly #part: Part;
  readonly #model: Model<State>;
  readonly #states: State[] = [];
  readonly #numbers = new Map<unknown, number>();
  readonly #neverReturned: readonly Entry[];
  /** For each event the first call of those that return there or later. */
  readonly #firstCall: readonly number[];
  readonly #open = new Map<number, readonly Entry[]>();

  constructor(part: Part, model: Model<State>) {
    this.#part = part;
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

  /** About the whole part, from the first state on. */
  whole(): Question {
    return {
      from: 0,
      to: this.#part.events.length - 1,
      states: [this.#numberOf(this.#model.initial)],
      required: new Set(this.#part.entries.filter((entry) => entry.return < Infinity)),
    };
  }

  /** Looks for an order, until the budget is used up. */
  answer({ from, to, states, required }: Question, budget: Budget): Findings {
    const met = new Map(states.map((state) => [state, from - 1]));
    const entered = new Map<string, bigint[]>();
    const stack: Configuration[] = states.map((state) => ({ event: from, state, done: 0n, used: 0n }));
    let reached = from;
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const configuration = this.#toDecision(next, to);
      const { event, state, used } = configuration;
      if (event > to) return { order: "found", reached: to, met };
      reached = Math.max(reached, event);
      const moves = this.#moves(configuration, required, budget);
      if (budget.steps < 0) return { order: "unknown", reached, met };
      if (isEntered(entered, `${event} ${state} ${moves.done}`, used)) continue;
      for (const move of moves.list) {
        if (!met.has(move.state) || met.get(move.state) as number > event) met.set(move.state, event);
        stack.push(move);
      }
    }
    return { order: "none", reached, met };
  }

  /** Goes on to the next return of an entry that did not take effect yet. */
  #toDecision({ event, state, done, used }: Configuration, to: number): Configuration {
    for (; event <= to; event++) {
      const entry = this.#part.events[event] as Entry;
      if (entry.return !== event) continue;
      if ((done & entry.bit) !== 0n) done ^= entry.bit;
      else if ((used & entry.bit) !== 0n) used ^= entry.bit;
      else break;
    }
    return { event, state, done, used };
  }

  /** All that can be done at the return of an entry that did not take effect yet; the best comes last. */
  #moves({ event, state, done, used }: Configuration, required: ReadonlySet<Entry>, budget: Budget): Moves {
    const due = this.#part.events[event] as Entry;
    const optional: [Entry, number][] = [];
    const writes: [Entry, number][] = [];
    const effects = new Set<number>();
    for (const entry of this.#openAt(event, budget)) {
      if (((done | used) & entry.bit) !== 0n) continue;
      if (isBehind(entry.previous, event, done, required)) continue;
      if (!required.has(entry)) {
        if (effects.has(entry.effect)) continue;
        effects.add(entry.effect);
        const next = this.#numberOf(this.#outcome(entry, state, budget).state);
        if (next !== state) optional.push([entry, next]);
        continue;
      }
      const outcome = this.#outcome(entry, state, budget);
      if (!this.#fits(entry, outcome)) continue;
      if (entry.isRead) done |= entry.bit;
      else writes.push([entry, this.#numberOf(outcome.state)]);
    }
    if ((done & due.bit) !== 0n) return { done, list: [{ event, state, done, used }] };
    const isDue = required.has(due);
    const list: Configuration[] = [];
    const fitting: Configuration[] = [];
    for (const [{ bit }, next] of optional.reverse()) {
      const prepares = isDue && this.#fits(due, this.#outcome(due, next, budget));
      (prepares ? fitting : list).push({ event, state: next, done, used: used | bit });
    }
    list.push(...fitting);
    for (const [{ bit }, next] of writes.reverse()) list.push({ event, state: next, done: done | bit, used });
    if (!isDue) list.push({ event: event + 1, state, done, used });
    return { done, list };
  }

  #openAt(event: number, budget: Budget): readonly Entry[] {
    const known = this.#open.get(event);
    if (known !== undefined) return known;
    const open: Entry[] = [];
    const first = this.#firstCall[event] as number;
    for (let at = first; at < event; at++) {
      const entry = this.#part.events[at] as Entry;
      if (entry.call === at && entry.return >= event && entry.return < Infinity) open.push(entry);
    }
    budget.steps -= event - first;
    open.sort((a, b) => a.return - b.return);
    for (const entry of this.#neverReturned) {
      if (entry.call < event) open.push(entry);
    }
    this.#open.set(event, open);
    return open;
  }

  #outcome({ operation }: Entry, state: number, budget: Budget): Outcome<State> {
    budget.steps--;
    const apply = this.#model.operations[operation.name] as (state: State, ...args: unknown[]) => Outcome<State>;
    return apply(this.#states[state] as State, ...operation.args);
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

/** What can be done, and the bits of the required entries that take effect beforehand as nothing speaks against it. */
interface Moves {
  readonly done: bigint;
  readonly list: readonly Configuration[];
}

/** Whether an entry has to wait for the one that its client called before. */
function isBehind(
  previous: Entry | undefined,
  event: number,
  done: bigint,
  required: ReadonlySet<Entry>,
): boolean {
  return previous !== undefined && required.has(previous) && previous.return >= event && (done & previous.bit) === 0n;
}

/** Whether a configuration was entered that had used no others; if not, this one is from now on. */
function isEntered(entered: Map<string, bigint[]>, place: string, used: bigint): boolean {
  const before = entered.get(place);
  if (before === undefined) entered.set(place, [used]);
  else if (before.some((others) => (others & used) === others)) return true;
  else before.push(used);
  return false;
}
