import { sameValueZero } from "../../src/keys/same_value_zero.ts";
import { ABSENT, isDeepEqual } from "../../src/equality/deep_equal.ts";
import type { Model, Outcome } from "./model.ts";

const READS: readonly string[] = ["get", "has"];

/** Operations that return `false` exactly if they did nothing. */
const CONDITIONAL: readonly string[] = ["delete", "compareAndSet", "compareAndDelete"];

/** Options for {@link mapModel}. */
export interface MapModelOptions {
  /**
   * How the map handles values, like its trait of that name. `copy`: values are compared deeply, as suits a history
   * that came from other threads. `reference`: objects are equal to themselves only.
   * @default {"copy"}
   */
  readonly values?: "copy" | "reference";
}

/**
 * The model of a `ConcurrentMap` that is empty at first, key by key: a state is the value of one key, or its absence.
 *
 * It knows the operations on one key: `get`, `has`, `set`, `delete`, `getOrInsert`, `getOrInsertComputed`,
 * `getAndDelete`, `getAndSet`, `compareAndSet`, `compareAndDelete`, `update`, and `add(key, delta)`, which returns the
 * sum and counts an absent key as 0. The result of `set` is ignored. The functions given to `getOrInsertComputed` and
 * `update` must be pure; they are called any number of times.
 *
 * It does not know the operations on all keys at once (`size`, `clear`, iteration, `snapshot`): with them, keys could
 * not be checked one by one, and long histories would take too long. For a short history with them, write a model of
 * the whole map. Record entries from before the history as calls of `set` that returned before all others.
 *
 * @param options See {@link MapModelOptions}.
 * @returns The model, for `checkLinearizable`.
 * @throws {RangeError} If `values` is neither `"copy"` nor `"reference"`.
 *
 * @example
 * ```ts
 * import { checkLinearizable, mapModel } from "@twinmap/twinmap/linearizability";
 * import { assertEquals } from "@std/assert";
 *
 * const { verdict } = checkLinearizable([
 *   { client: 1, name: "set", args: ["a", 1], calledAt: 0, returnedAt: 3 },
 *   { client: 2, name: "get", args: ["a"], calledAt: 1, returnedAt: 2, result: undefined },
 * ], mapModel());
 * assertEquals(verdict, "linearizable");
 * ```
 */
export function mapModel(options: MapModelOptions = {}): Model<unknown> {
  const { values = "copy" } = options;
  if (values !== "copy" && values !== "reference") {
    throw new RangeError(`Cannot model a map: values must be "copy" or "reference": received ${String(values)}`);
  }
  const equals = values === "copy" ? isDeepEqual : Object.is;
  const holds = (state: unknown, expected: unknown) => sameValueZero(state, expected) || equals(state, expected);
  return {
    initial: ABSENT,
    partition: ([key]) => key,
    isRead: ({ name, result }) => READS.includes(name) || (result === false && CONDITIONAL.includes(name)),
    equals,
    operations: {
      get: (state) => ({ state, result: valueOf(state) }),
      has: (state) => ({ state, result: state !== ABSENT }),
      set: (_state, _key, value) => ({ state: value }),
      delete: (state) => ({ state: ABSENT, result: state !== ABSENT }),
      getOrInsert: (state, _key, value) => present(state === ABSENT ? value : state),
      getOrInsertComputed: (state, key, compute: (key: unknown) => unknown) =>
        present(state === ABSENT ? compute(key) : state),
      getAndDelete: (state) => ({ state: ABSENT, result: valueOf(state) }),
      getAndSet: (state, _key, value) => ({ state: value, result: valueOf(state) }),
      compareAndSet: (state, _key, expected, value) => {
        const isSet = holds(state, expected);
        return { state: isSet ? value : state, result: isSet };
      },
      compareAndDelete: (state, _key, expected) => {
        const isDeleted = holds(state, expected);
        return { state: isDeleted ? ABSENT : state, result: isDeleted };
      },
      update: (state, _key, fn: (current: unknown) => unknown) => {
        const next = fn(valueOf(state));
        return { state: next === undefined ? ABSENT : next, result: next };
      },
      add: (state, _key, delta: number) => present((state === ABSENT ? 0 : state as number) + delta),
    },
  };
}

function valueOf(state: unknown): unknown {
  return state === ABSENT ? undefined : state;
}

function present(value: unknown): Outcome<unknown> {
  return { state: value, result: value };
}
