/**
 * Checks histories for linearizability: whether an order of all calls explains the results that concurrent clients got
 * from a shared object, if each call takes effect at one moment between its beginning and its end.
 *
 * `checkLinearizable` checks a recorded history against a model such as `mapModel()`, and `historyPage` shows the
 * result as an HTML page.
 *
 * @module
 */

import { rendered } from "../../src/inspection/rendering.ts";
import { Budget, Deadline } from "./budget.ts";
import type { Linearizability, Violation } from "./findings.ts";
import { partsOf } from "./history.ts";
import type { Model, Operation } from "./model.ts";
import { checkedOptions, type LinearizabilityOptions } from "./options.ts";
import { PartCheck } from "./part_check.ts";
import { shown, timeline } from "./timeline.ts";

export type { Clock } from "../../src/clock.ts";
export type { Linearizability, Order, OrderStep, Violation } from "./findings.ts";
export { historyPage, type HistoryPageOptions } from "./history_page.ts";
export { mapModel, type MapModelOptions } from "./map_model.ts";
export type { AnyOutcome, Model, Operation, Outcome } from "./model.ts";
export type { LinearizabilityOptions } from "./options.ts";

/** The steps that each part gets at first. */
const FIRST_STEPS = 50_000;
const FIRST_STEPS_PER_EVENT = 64;

/**
 * Checks whether there is an order of all operations in which each one takes effect between its call and its return,
 * and has the result that the model gives it there.
 *
 * If there is one, it returns the order. If not, it cuts each bad part of the history (for a map: each bad key) down to
 * operations that no order explains even though everything else is left open: at the first of their calls the state may
 * be any that was possible when an earlier call returned, and every other operation may have taken effect between its
 * call and its return with any result, or not at all. So these operations alone prove that the history is bad. Each of
 * them is needed: if it is left open like the others, there is an order. Another set of such operations may be smaller.
 *
 * The search is Wing and Gong's, as improved by Lowe ("Testing for Linearizability", 2017): operations take effect just
 * in time, and no configuration is entered twice. It usually takes O(n) for n operations of few clients, plus sorting.
 * Refuting a history takes O(n · states · 2^c) at worst for c operations that overlap, so there is a bound. Before the
 * search spends all of it, it tries the few operations that it could not pass with everything else left open, which is
 * quick. Every part gets a small share of the bound before hard ones get the rest.
 *
 * @param history The operations, in any order.
 * @param model The model to check them against, such as `mapModel()`.
 * @param options See {@link LinearizabilityOptions}.
 * @returns The verdict, the violations, and the orders that were found.
 * @throws {TypeError} If the history, an operation, the model or an option is of the wrong type, or an option is
 * unknown.
 * @throws {RangeError} If an operation returned before it was called, a client called before its last call returned,
 * the model has no operation of that name, or an option is out of its range.
 * @throws Whatever the model throws.
 *
 * @example A stale read
 * ```ts
 * import { checkLinearizable, mapModel } from "@twinmap/twinmap/linearizability";
 * import { assertEquals } from "@std/assert";
 *
 * const { verdict, violations } = checkLinearizable([
 *   { client: "ada", name: "set", args: ["x", 1], calledAt: 0, returnedAt: 1 },
 *   { client: "ada", name: "set", args: ["x", 2], calledAt: 2, returnedAt: 3 },
 *   { client: "bob", name: "get", args: ["x"], calledAt: 4, returnedAt: 5, result: 1 },
 * ], mapModel());
 * assertEquals(verdict, "violated");
 * assertEquals(
 *   violations[0]?.timeline,
 *   `
 * No order explains these 2 of 3 operations on "x", whatever came before.
 * client "ada"  ├ set("x", 2) ┤
 * client "bob"                 ├ get("x") → 1 ┤
 * `.trim(),
 * );
 * ```
 *
 * @example A model of your own
 * ```ts
 * import { checkLinearizable, type Model } from "@twinmap/twinmap/linearizability";
 * import { assertEquals } from "@std/assert";
 *
 * const counter: Model<number> = {
 *   initial: 0,
 *   operations: {
 *     add: (sum, delta: number) => ({ state: sum + delta, result: sum + delta }),
 *     read: (sum) => ({ state: sum, result: sum }),
 *   },
 * };
 * const { verdict } = checkLinearizable([
 *   { client: 1, name: "add", args: [5], calledAt: 0 }, // never returned, but took effect
 *   { client: 2, name: "read", args: [], calledAt: 1, returnedAt: 2, result: 0 },
 *   { client: 2, name: "read", args: [], calledAt: 3, returnedAt: 4, result: 5 },
 * ], counter);
 * assertEquals(verdict, "linearizable");
 * ```
 */
export function checkLinearizable<State>(
  history: Iterable<Operation>,
  model: Model<State>,
  options: LinearizabilityOptions = {},
): Linearizability {
  checkModel(model);
  const { maxSteps, maxMs, stopAtViolation, clock } = checkedOptions(options);
  const parts = partsOf(history, model).sort((a, b) => a.events.length - b.events.length);
  const checks = parts.map((part) => new PartCheck(part, model));
  const deadline = new Deadline(clock, maxMs);
  const minimising = new Budget(maxSteps, deadline);
  for (const check of decided(checks, new Budget(maxSteps, deadline))) {
    check.minimise(minimising);
    if (stopAtViolation && check.answer === "none") break;
  }
  const violations = checks.flatMap((check) => violationsOf(check, model.partition !== undefined))
    .sort((a, b) => a.operations.length - b.operations.length);
  const undecided = checks.filter(({ answer }) => answer === "unknown").map(({ part }) => part.key);
  const orders = checks.map((check) => check.order());
  const verdict = violations.length > 0 ? "violated" : undecided.length > 0 ? "unknown" : "linearizable";
  return { verdict, violations, undecided, orders };
}

/**
 * Yields each check once it is decided. All checks get a small budget at first, those that are still undecided a
 * larger one, and so on, until the whole budget is spent.
 */
function* decided<State>(checks: readonly PartCheck<State>[], budget: Budget): Generator<PartCheck<State>> {
  let open = checks;
  for (let share = 1; open.length > 0 && !budget.isSpent; share *= 4) {
    for (const [at, check] of open.entries()) {
      const most = Math.ceil(budget.steps / (open.length - at));
      const steps = share * (FIRST_STEPS + FIRST_STEPS_PER_EVENT * check.part.events.length);
      budget.lend(Math.min(most, steps), (lent) => check.advance(lent));
      if (check.answer !== "unknown") yield check;
    }
    open = open.filter(({ answer }) => answer === "unknown");
  }
}

function violationsOf<State>({ part, counterexample }: PartCheck<State>, isPartitioned: boolean): Violation[] {
  if (counterexample === undefined) return [];
  const { entries, isFromStart, isMinimal } = counterexample;
  const operations = entries.map(({ operation }) => operation);
  const these = operations.length === 1 ? "this 1" : `these ${operations.length}`;
  const where = isPartitioned ? ` on ${shown(part.key)}` : "";
  const before = isFromStart ? "from the first state on" : "whatever came before";
  const heading = `No order explains ${these} of ${part.entries.length} operations${where}, ${before}.`;
  const doubt = isMinimal ? "" : " Perhaps not all of them are needed: the bound was reached.";
  return [{ part: part.key, operations, isMinimal, timeline: `${heading}${doubt}\n${timeline(operations)}` }];
}

function checkModel<State>(model: Model<State>): void {
  if (typeof model?.operations !== "object" || model.operations === null) {
    throw new TypeError(`Cannot check a history: the model must have operations: received ${rendered(model)}`);
  }
}
