/** One recorded call of a client. */
export interface Operation {
  /** The caller. A client makes one call after the other; one whose call never returned makes no more. */
  readonly client: string | number;
  /** The name of the model's operation. */
  readonly name: string;
  /** The arguments. */
  readonly args: readonly unknown[];
  /**
   * The time just before the call, of one clock that all clients share, in any unit. Calls whose times overlap may be
   * put in either order, and equal times overlap, except for calls of one client. A counter that each reading
   * increments is the best clock.
   */
  readonly calledAt: number;
  /**
   * The time just after it returned. Leave it out if the call never returned: it may have taken effect at any time
   * since, or not at all. Record a call that threw in the same manner, under a client of its own; leave out a call that
   * certainly had no effect.
   */
  readonly returnedAt?: number;
  /** The value that it returned. */
  readonly result?: unknown;
}

/** The effect of an operation. */
export interface Outcome<State> {
  /** The state afterwards. */
  readonly state: State;
  /** The result of the operation. If the property is absent (not `undefined`), any result is allowed. */
  readonly result?: unknown;
  /** Always absent: only an {@link AnyOutcome} has it. */
  readonly anyOf?: never;
}

/** The possible outcomes of an operation, of which it has one, such as taking any element of a set. */
export interface AnyOutcome<State> {
  /** The outcomes. If there are none, the operation cannot take effect. */
  readonly anyOf: readonly Outcome<State>[];
  /** Left out: each outcome has its own. */
  readonly state?: never;
  /** Left out: each outcome has its own. */
  readonly result?: never;
}

/**
 * The model that a history is checked against: an object that one client uses at a time. It must be pure: the same
 * state and the same arguments lead to the same outcome, and no state is changed in place.
 *
 * @typeParam State The object's state, as an immutable value.
 */
export interface Model<State> {
  /** The state of each part before the first operation. */
  readonly initial: State;
  /** The operations by name, each called with the state and the arguments. */
  readonly operations: Readonly<Record<string, (state: State, ...args: never[]) => Outcome<State> | AnyOutcome<State>>>;
  /**
   * Returns the part of the object that an operation is about, such as a map's key; parts are compared as a `Map`
   * compares keys. Each part has a state of its own and is checked by itself, so an operation must depend on its part
   * alone.
   * @default {one part for all}
   */
  readonly partition?: (args: readonly unknown[], name: string) => unknown;
  /**
   * Returns whether an operation with this result leaves every state unchanged: a read, or a write whose result says
   * that it did nothing. This makes the check much quicker; if it is wrong, so is the verdict.
   * @default {no operation is known to do so}
   */
  readonly isRead?: (operation: Operation) => boolean;
  /**
   * Returns a key to compare states by, as a `Map` compares keys, but with `-0` different from `0`. If equal states
   * have different keys, the check takes longer, but stays right.
   * @default {the state itself}
   */
  readonly stateKey?: (state: State) => unknown;
  /**
   * Returns whether a recorded result equals the model's.
   * @default {deep equality}
   */
  readonly equals?: (recorded: unknown, expected: unknown) => boolean;
}
