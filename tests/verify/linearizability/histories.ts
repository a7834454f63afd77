/** Histories, and the slowest but simplest way to check one. */
import { type AnyOutcome, mapModel, type Model, type Operation, type Outcome } from "@twinmap/twinmap/linearizability";
import fc from "fast-check";

/** An operation and its arguments. */
export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Every operation of the map's model, on few keys and values, so that they meet. */
export function calls(keys: number, values: number): fc.Arbitrary<Call> {
  const key = fc.nat({ max: keys - 1 });
  const value = fc.nat({ max: values - 1 });
  const inserted = value.map((value) => () => value);
  const updating = fc.tuple(value, value).map(([from, to]) => (current: unknown) => current === from ? undefined : to);
  const call = (name: string, ...args: fc.Arbitrary<unknown>[]) =>
    fc.tuple(key, ...args).map((args): Call => ({ name, args }));
  return fc.oneof(
    ...["get", "has", "delete", "getAndDelete"].map((name) => call(name)),
    ...["set", "getOrInsert", "getAndSet", "compareAndDelete", "add"].map((name) => call(name, value)),
    call("compareAndSet", value, value),
    call("getOrInsertComputed", inserted),
    call("update", updating),
  );
}

/** Replaces the results of some operations with ones that they could have had at another time. */
export function corrupted(values: number): fc.Arbitrary<(history: readonly Operation[]) => Operation[]> {
  const other = (result: unknown, value: number) =>
    typeof result === "boolean" ? !result : value === values ? undefined : value;
  return fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: values })), { minLength: 1, maxLength: 2 }).map(
    (changes) => (history) => {
      const wrong = new Map(changes);
      return history.map((operation, at) => {
        const value = wrong.get(at);
        return value === undefined ? operation : { ...operation, result: other(operation.result, value) };
      });
    },
  );
}

/** The history of a run of any calls, with results that need not be possible. */
export function timed(run: readonly (Turn & { readonly result: unknown })[]): Operation[] {
  return widened(run, (at) => run[at]?.result);
}

/** The history of a run on a map. */
export function historyOf(run: readonly Turn[]): Operation[] {
  const model = mapModel();
  const states = new Map<unknown, unknown>();
  return widened(run, (at) => {
    const { call } = run[at] as Turn;
    const [key] = call.args;
    const { state, result } = outcomeOf(model, states.has(key) ? states.get(key) : model.initial, call);
    states.set(key, state);
    return result;
  });
}

/** All outcomes of a call in a state of a model. */
export function outcomesOf<State>(model: Model<State>, state: State, { name, args }: Call): readonly Outcome<State>[] {
  type Apply = (state: State, ...args: readonly unknown[]) => Outcome<State> | AnyOutcome<State>;
  const outcome = (model.operations[name] as Apply)(state, ...args);
  return outcome.anyOf ?? [outcome];
}

/** The outcome of a call in a state of a deterministic model. */
export function outcomeOf(model: Model<unknown>, state: unknown, call: Call): Outcome<unknown> {
  return outcomesOf(model, state, call)[0] as Outcome<unknown>;
}

/** A call in a sequential run, its client, and how far it extends before and after the moment it takes effect. */
export interface Turn {
  readonly call: Call;
  readonly client: number;
  readonly before: number;
  readonly after: number;
}

/** A turn of one of these calls, by one of so many clients. */
export function turns(calls: fc.Arbitrary<Call>, clients: number): fc.Arbitrary<Turn> {
  const share = fc.integer({ min: 0, max: 7 });
  return fc.record({ call: calls, client: fc.nat({ max: clients - 1 }), before: share, after: share });
}

/**
 * The history of a sequential run, in which the calls take effect at the times 100, 200, …, and their intervals are
 * widened as the turns say: up to almost half the distance to the effects of the same client's neighbouring calls.
 */
function widened(run: readonly Turn[], resultOf: (at: number) => unknown): Operation[] {
  const effectAt = (at: number) => (at + 1) * 100;
  const neighbour = (at: number, step: number): number => {
    let other = at + step;
    while (run[other] !== undefined && run[other]?.client !== run[at]?.client) other += step;
    return effectAt(other);
  };
  return run.map(({ call, client, before, after }, at) => ({
    client,
    ...call,
    calledAt: effectAt(at) - (effectAt(at) - neighbour(at, -1)) * before / 16,
    returnedAt: effectAt(at) + (neighbour(at, +1) - effectAt(at)) * after / 16,
    result: resultOf(at),
  }));
}

/**
 * Whether there is an order, by trying all of them, from any of the states. The required operations must take effect
 * with their results; the optional ones may, with any, as may those that never returned. All are of one part.
 */
export function hasOrder<State>(
  model: Model<State>,
  states: readonly State[],
  required: readonly Operation[],
  optional: readonly Operation[],
): boolean {
  const isReturned = ({ returnedAt }: Operation) => returnedAt !== undefined;
  const history = [...required, ...optional].sort((a, b) => a.calledAt - b.calledAt);

  const isOrdered = (state: State, required: readonly Operation[], optional: readonly Operation[]): boolean => {
    if (required.length === 0) return true;
    return [...required, ...optional].some((next) => {
      if (required.some((other) => precedes(other, next, history))) return false;
      return outcomesOf(model, state, next).some((outcome) => {
        const fits = !required.includes(next) || !("result" in outcome) || Object.is(outcome.result, next.result);
        return fits && isOrdered(
          outcome.state,
          required.filter((other) => other !== next),
          optional.filter((other) => other !== next && !precedes(other, next, history)),
        );
      });
    });
  };

  const free = [...optional, ...required.filter((operation) => !isReturned(operation))];
  return states.some((state) => isOrdered(state, required.filter(isReturned), free));
}

/** Whether an operation returned before the other was called. Those of a client are given in the order of its calls. */
export function precedes(first: Operation, second: Operation, all: readonly Operation[]): boolean {
  const { returnedAt = Infinity } = first;
  if (first.client === second.client) return all.indexOf(first) < all.indexOf(second);
  return returnedAt < second.calledAt;
}

/** The states after these operations, each with its result. */
export function endStates(model: Model<unknown>, operations: readonly Operation[]): unknown[] {
  const states = new Set<unknown>();
  const visit = (state: unknown, left: readonly Operation[]): void => {
    if (left.length === 0) states.add(state);
    for (const next of left) {
      const outcome = outcomeOf(model, state, next);
      if (left.some((other) => precedes(other, next, operations))) continue;
      if ("result" in outcome && !Object.is(outcome.result, next.result)) continue;
      visit(outcome.state, left.filter((other) => other !== next));
    }
  };
  visit(model.initial, operations);
  return [...states];
}

/** The states that any of these operations can lead to, in any order and with any result. */
export function reachableStates(model: Model<unknown>, operations: readonly Operation[]): unknown[] {
  const states = new Set<unknown>();
  const visit = (state: unknown, left: readonly Operation[]): void => {
    states.add(state);
    for (const next of left) visit(outcomeOf(model, state, next).state, left.filter((other) => other !== next));
  };
  visit(model.initial, operations);
  return [...states];
}
