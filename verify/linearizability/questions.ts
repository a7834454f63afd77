import type { Budget } from "./budget.ts";
import { Configuration, Configurations, NONE } from "./configurations.ts";
import type { Answer } from "./order_search.ts";
import type { Required, Transitions } from "./transitions.ts";

/** What is asked about a part: whether its required entries can be put in an order. */
export interface Question {
  /** The first and the last event to look at. */
  readonly from: number;
  readonly to: number;
  /** The numbers of the states that the first event may be met in, the most promising ones first. */
  readonly states: readonly number[];
  readonly required: Required;
}

/** How many configurations of one event are settled exactly where only the possible states are asked for. */
const MAX_WIDTH = 128;

/** How many states an order is searched for from before more are taken. */
const FIRST_STATES = 8;

const NOBODY: Required = { has: () => false };

/**
 * Answers questions breadth first: event by event, and at each event those configurations first that used the fewest of the
 * entries that are not required. So a configuration that is made needless by another one always comes after it, and a
 * question that requires few entries is answered in few steps, however many are left open.
 */
export class Questions<State> {
  readonly #transitions: Transitions<State>;

  constructor(transitions: Transitions<State>) {
    this.#transitions = transitions;
  }

  /** Whether there is an order. */
  answer(question: Question, budget: Budget): Answer {
    // From the first few states there often is one already.
    for (let start = 0, size = FIRST_STATES; start < question.states.length; start += size, size *= 8) {
      const states = question.states.slice(start, start + size);
      const answer = this.#answerFrom(states, question, budget);
      if (answer !== "none") return answer;
    }
    return "none";
  }

  /**
   * The states that a part can be in at the returns before an event, by their numbers, each with the first event at which
   * it can be, and perhaps some more: where it takes too many configurations to tell, nothing is required from there on.
   * `undefined` if the budget is spent before.
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
  /** For each state that was met, by its number, the first event at which it was. */
  readonly met: Map<number, number> = new Map();
  /** Whether there is an order. */
  hasOrder = false;
  readonly #transitions: Transitions<State>;
  readonly #last: number;
  readonly #current: Configuration;
  readonly #next: Configuration;
  /** For each event that was not visited yet, the configurations that were reached there. */
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
   * Goes through all that can happen at an event, after those before it. Whether that was done; if not, the budget was
   * spent before.
   *
   * @param maxWidth How many configurations there may be at the event until nothing is required from there on.
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

  /** Settles the next configuration, and enters it. */
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

  /** Starts again from the configurations that a level began with. */
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
