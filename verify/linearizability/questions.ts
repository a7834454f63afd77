import type { Budget } from "./budget.ts";
import { Configuration, Configurations, NONE } from "./configurations.ts";
import type { Answer } from "./order_search.ts";
import type { Required, Transitions } from "./transitions.ts";

/** A question about a part: can its required entries be put in an order? */
export interface Question {
  /** The first and the last event to search. */
  readonly from: number;
  readonly to: number;
  /** The numbers of the possible states at the first event, the most promising first. */
  readonly states: readonly number[];
  readonly required: Required;
}

/** The most configurations of one event that are settled exactly when only the possible states are asked for. */
const MAX_WIDTH = 128;

/** The number of states from which an order is searched first. */
const FIRST_STATES = 8;

const NOBODY: Required = { has: () => false };

/**
 * Answers questions breadth first: event by event, and at each event those configurations first that used the fewest of
 * the entries that are not required. So a configuration always comes after one that makes it needless, and
 * a question that requires few entries is answered in few steps, however many are left open.
 */
export class Questions<State> {
  readonly #transitions: Transitions<State>;

  constructor(transitions: Transitions<State>) {
    this.#transitions = transitions;
  }

  /** Whether there is an order. */
  answer(question: Question, budget: Budget): Answer {
    // Often there is already one from the first few states.
    for (let start = 0, size = FIRST_STATES; start < question.states.length; start += size, size *= 8) {
      const states = question.states.slice(start, start + size);
      const answer = this.#answerFrom(states, question, budget);
      if (answer !== "none") return answer;
    }
    return "none";
  }

  /**
   * The possible states of a part at the returns before an event, by their numbers, each with the first event at which
   * it is possible. There may be some more: once an event has too many configurations, no entry is required from there
   * on. `undefined` if the budget is spent first.
   */
  possibleStates(before: number, required: Required, budget: Budget): ReadonlyMap<number, number> | undefined {
    const question: Question = { from: 0, to: before - 1, states: [this.#transitions.initial], required };
    const exploration = new Exploration(this.#transitions, question, budget);
    for (let event = 0; event < before; event++) {
      if (!exploration.visit(event, budget, MAX_WIDTH)) return undefined;
    }
    return exploration.met;
  }

  #answerFrom(states: readonly number[], question: Question, budget: Budget): Answer {
    const exploration = new Exploration(this.#transitions, { ...question, states }, budget);
    for (let event = question.from; event <= question.to && !exploration.hasOrder; event++) {
      if (!exploration.visit(event, budget)) return "unknown";
    }
    return exploration.hasOrder ? "found" : "none";
  }
}

/** The configurations that a question leads to, event by event. */
class Exploration<State> {
  /** The states that were met, by their numbers, each with the first event at which it was met. */
  readonly met: Map<number, number> = new Map();
  /** Whether there is an order. */
  hasOrder = false;
  readonly #transitions: Transitions<State>;
  readonly #last: number;
  readonly #current: Configuration;
  readonly #next: Configuration;
  /** The configurations that were reached at each event that was not visited yet. */
  readonly #levels = new Map<number, Configurations>();
  #required: Required;

  constructor(transitions: Transitions<State>, { from, to, states, required }: Question, budget: Budget) {
    this.#transitions = transitions;
    this.#last = to;
    this.#required = required;
    this.#current = new Configuration(transitions.part);
    this.#next = new Configuration(transitions.part);
    for (const state of states) {
      this.met.set(state, from - 1);
      this.#next.start(from, state);
      this.#reach(budget);
    }
  }

  /**
   * Explores everything that can happen at an event, after those before it. Returns `false` if the budget was spent
   * first.
   *
   * @param maxWidth The most configurations at the event; beyond it, no entry is required from there on.
   */
  visit(event: number, budget: Budget, maxWidth = Infinity): boolean {
    const level = this.#levels.get(event);
    if (level === undefined) return true;
    const arrived = level.length;
    for (let row = 0; row < level.length; row++) {
      if (budget.isSpent) return false;
      if (row >= maxWidth && this.#required !== NOBODY) {
        this.#requireNothing(level, arrived, budget);
        return this.visit(event, budget);
      }
      level.read(row, this.#current);
      for (const move of this.#transitions.moves(this.#current, this.#required, budget)) {
        if ((this.met.get(move.state) ?? Infinity) > event) this.met.set(move.state, event);
        this.#next.copy(this.#current);
        this.#transitions.apply(move, this.#next, this.#required);
        this.#reach(budget);
      }
    }
    this.#levels.delete(event);
    return true;
  }

  /** Settles the next configuration and enters it. */
  #reach(budget: Budget): void {
    this.#transitions.settle(this.#next, this.#last, this.#required, budget);
    const { event } = this.#next;
    if (event > this.#last) {
      this.hasOrder = true;
      return;
    }
    let level = this.#levels.get(event);
    if (level === undefined) this.#levels.set(event, level = new Configurations(this.#next));
    level.enter(level.add(this.#next, NONE, NONE), this.#next);
  }

  /** Starts again from the first configurations of a level. */
  #requireNothing(level: Configurations, arrived: number, budget: Budget): void {
    this.#required = NOBODY;
    this.#levels.clear();
    for (let row = 0; row < arrived; row++) {
      level.read(row, this.#next);
      this.#next.relax();
      this.#reach(budget);
    }
  }
}
