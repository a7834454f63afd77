import type { Budget } from "./budget.ts";
import { Configuration, Configurations, NONE } from "./configurations.ts";
import type { OrderStep } from "./findings.ts";
import type { Entry } from "./history.ts";
import type { Move, Required, Transitions } from "./transitions.ts";

/** Whether there is an order; `unknown` if the budget was spent before this was certain. */
export type Answer = "found" | "none" | "unknown";

/** All entries that returned. */
export const RETURNED: Required = { has: (entry) => entry.return < Infinity };

/**
 * Searches for an order of all entries of a part, depth first: if there is one, it usually takes O(events). Finding
 * that there is none takes O(events · states · 2^c) at worst for c entries that are open at once, in time and memory.
 */
export class OrderSearch<State> {
  readonly #transitions: Transitions<State>;
  readonly #last: number;
  readonly #configurations: Configurations;
  readonly #current: Configuration;
  readonly #next: Configuration;
  readonly #stack: number[];
  readonly #met = new Map<number, number>();
  #furthest = 0;
  #reached = 0;

  constructor(transitions: Transitions<State>) {
    this.#transitions = transitions;
    this.#last = transitions.part.events.length - 1;
    this.#current = new Configuration(transitions.part);
    this.#next = new Configuration(transitions.part);
    this.#configurations = new Configurations(this.#current);
    this.#current.state = transitions.initial;
    this.#met.set(this.#current.state, -1);
    this.#stack = [this.#configurations.add(this.#current, NONE, NONE)];
  }

  /** The last event that was reached. If there is no order, there is none even up to this event. */
  get reached(): number {
    return this.#reached;
  }

  /** The states that were met, by their numbers, each with the first event at which it was met. */
  get met(): ReadonlyMap<number, number> {
    return this.#met;
  }

  /** Continues the search until the budget is spent. */
  advance(budget: Budget): Answer {
    while (!budget.isSpent) {
      const row = this.#stack.pop();
      if (row === undefined) return "none";
      this.#configurations.read(row, this.#current);
      this.#transitions.settle(this.#current, this.#last, RETURNED, budget);
      const { event } = this.#current;
      if (event > this.#last) {
        this.#furthest = row;
        this.#reached = event;
        return "found";
      }
      if (!this.#configurations.enter(row, this.#current)) continue;
      if (event > this.#reached) {
        this.#furthest = row;
        this.#reached = event;
      }
      for (const move of this.#bestLast(this.#transitions.moves(this.#current, RETURNED, budget), budget)) {
        if ((this.#met.get(move.state) ?? Infinity) > event) this.#met.set(move.state, event);
        this.#next.copy(this.#current);
        this.#transitions.apply(move, this.#next, RETURNED);
        this.#stack.push(this.#configurations.add(this.#next, row, move.entry?.order ?? NONE));
      }
    }
    return this.#stack.length === 0 ? "none" : "unknown";
  }

  /** The order that was found, or the first one that got furthest. */
  order(): OrderStep[] {
    const { part } = this.#transitions;
    const rows: number[] = [];
    for (let row = this.#furthest; row !== NONE; row = this.#configurations.parentOf(row)) rows.push(row);
    const steps: OrderStep[] = [];
    const [before, after] = [new Configuration(part), new Configuration(part)];
    for (const row of rows.reverse()) {
      this.#configurations.read(row, after);
      if (row === this.#furthest) after.event = this.#reached;
      const state = this.#transitions.stateOf(after.state);
      const moved = part.entries[this.#configurations.entryOf(row)];
      if (moved !== undefined) steps.push({ operation: moved.operation, state });
      for (const entry of this.#tookEffect(before, after)) {
        if (entry !== moved) steps.push({ operation: entry.operation, state });
      }
      before.copy(after);
    }
    return steps;
  }

  /** The required entries that took effect between two configurations, in the order of their returns. */
  #tookEffect(before: Configuration, after: Configuration): Entry[] {
    const { events } = this.#transitions.part;
    const taken: Entry[] = [];
    const take = (entry: Entry) => {
      if (entry.call >= before.event || !before.isDone(entry)) taken.push(entry);
    };
    for (let event = before.event; event < after.event; event++) {
      const entry = events[event] as Entry;
      if (entry.return === event) take(entry);
    }
    if (after.event <= this.#last) {
      for (const entry of this.#transitions.openAt(after.event)) if (after.isDone(entry)) take(entry);
    }
    return taken;
  }

  /**
   * The moves, with those to be tried first at the end. First come the entries that returned, then those that prepare
   * the state for the one that has to return.
   */
  #bestLast(moves: Move[], budget: Budget): Move[] {
    const due = this.#transitions.part.events[this.#current.event] as Entry;
    const isRequired = ({ entry }: Move) => RETURNED.has(entry as Entry);
    const required = moves.filter(isRequired).reverse();
    if (required.length === moves.length) return required;
    const optional = moves.filter((move) => !isRequired(move)).reverse();
    const prepares = optional.map(({ state }) => this.#transitions.fitsIn(due, state, budget));
    return [
      ...optional.filter((_, at) => !prepares[at]),
      ...optional.filter((_, at) => prepares[at]),
      ...required,
    ];
  }
}
