import type { Budget } from "./budget.ts";
import type { Order } from "./findings.ts";
import type { Part } from "./history.ts";
import { type Counterexample, minimalCounterexample } from "./minimal_counterexample.ts";
import type { Model } from "./model.ts";
import { type Answer, OrderSearch, RETURNED } from "./order_search.ts";
import { Questions } from "./questions.ts";
import { Transitions } from "./transitions.ts";

/** The steps that cutting down a part without an order may take in any case. */
const MINIMISING_STEPS = 1_000_000;

/** The check of one part of a history. Each budget continues it. */
export class PartCheck<State> {
  readonly part: Part;
  readonly #search: OrderSearch<State>;
  readonly #questions: Questions<State>;
  #answer: Answer = "unknown";
  #counterexample: Counterexample | undefined;
  #steps = 0;

  constructor(part: Part, model: Model<State>) {
    this.part = part;
    const transitions = new Transitions(part, model);
    this.#search = new OrderSearch(transitions);
    this.#questions = new Questions(transitions);
  }

  /** Whether there is an order of all entries. */
  get answer(): Answer {
    return this.#answer;
  }

  /** The proof that there is no order. */
  get counterexample(): Counterexample | undefined {
    return this.#counterexample;
  }

  /** The order that was found, or the one that got furthest. */
  order(): Order {
    const steps = this.#search.order();
    const taken = new Set(steps.map(({ operation }) => operation));
    const others = this.part.entries.map(({ operation }) => operation).filter((operation) => !taken.has(operation));
    return { part: this.part.key, isComplete: this.#answer === "found", steps, others };
  }

  /**
   * Spends half of a budget on the search for an order. If that does not decide it, spends the rest on questions about
   * the few entries that the search could not pass.
   */
  advance(budget: Budget): void {
    const before = budget.steps;
    this.#answer = budget.lend(Math.ceil(before / 2), (lent) => this.#search.advance(lent));
    if (this.#answer === "unknown") this.#ask(budget);
    this.#steps += before - budget.steps;
  }

  /** Cuts down a part that has no order, in at most the steps that its check took or {@link MINIMISING_STEPS}. */
  minimise(budget: Budget): void {
    if (this.#answer !== "none" || this.#counterexample !== undefined) return;
    const { reached, met } = this.#search;
    const suspicion = { reached, met, isCertain: true };
    this.#counterexample = budget.lend(
      Math.max(this.#steps, MINIMISING_STEPS),
      (lent) => minimalCounterexample(this.part, this.#questions, suspicion, lent),
    );
  }

  #ask(budget: Budget): void {
    const { reached } = this.#search;
    const met = budget.lend(
      Math.ceil(budget.steps / 2),
      (lent) => this.#questions.possibleStates(reached, RETURNED, lent),
    );
    if (met === undefined) return;
    const suspicion = { reached, met, isCertain: false };
    this.#counterexample = minimalCounterexample(this.part, this.#questions, suspicion, budget);
    if (this.#counterexample !== undefined) this.#answer = "none";
  }
}
