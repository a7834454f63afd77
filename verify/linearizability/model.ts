/** One call of a client, as it was recorded. */
export interface Operation {
  /** The caller. A client makes one call after the other; one whose call never returned makes no more. */
  readonly client: string | number;
  /** The name of the model's operation. */
  readonly name: string;
  /** The arguments. */
  readonly args: readonly unknown[];
  /**
   * The time just before the call, of one clock that all clients share, in any unit. Calls whose times overlap may be put
   * in either order, and equal times overlap, except for calls of one client. A counter that each reading increments is
   * the best clock.
   */
  readonly calledAt: number;
  /**
   * The time just after it returned. If left out, the call never returned: it may have taken effect at any time since, or
   * not at all. Record a call that threw that way, under a client of its own; leave out a call that certainly had no
   * effect.
   */
  readonly returnedAt?: number;
  /** What it returned. */
  readonly result?: unknown;
}

/** What an operation does when it takes effect. */
export interface Outcome<State> {
  /** The state afterwards. */
  readonly state: State;
  /** What the operation returns. If left out (not `undefined`), any result will do. */
  readonly result?: unknown;
  /** Left out: it is an {@link AnyOutcome} that has it. */
  readonly anyOf?: never;
}

/** Outcomes of which an operation has any one, such as which element it takes of a set. */
export interface AnyOutcome<State> {
  /** What can happen. Where this is empty, the operation can't take effect. */
  readonly anyOf: readonly Outcome<State>[];
  /** Left out: each outcome has its own. */
  readonly state?: never;
  /** Left out: each outcome has its own. */
  readonly result?: never;
}

/**
 * What a history is checked against: an object that one client uses at a time. It must be pure: the same state and the
 * same arguments have the same outcome, and no state is changed in place.
 *
 * @typeParam State The object's state, as an immutable value.
 */
export interface Model<State> {
  /** The state before the first operation, of each part. */
  readonly initial: State;
  /** The operations by name, each called with the state and the arguments. */
  readonly operations: Readonly<Record<string, (state: State, ...args: never[]) => Outcome<State> | AnyOutcome<State>>>;
  /**
   * Which part of the object an operation is about, such as a map's key; parts are compared as a `Map` compares keys. Each
   * part is checked on its own and has a state of its own, so an operation must depend on its part alone.
   * @default {one part for all}
   */
  readonly partition?: (args: readonly unknown[], name: string) => unknown;
  /**
   * Whether an operation with this result leaves the state as it is, whatever the state: a read, or a write that returns
   * that it did nothing. This makes the check much quicker; if it is wrong, so is the verdict.
   * @default {no operation is known to}
   */
  readonly isRead?: (operation: Operation) => boolean;
  /**
   * What states are compared by, as a `Map` compares keys but with `-0` apart from `0`. If it tells equal states apart, the
   * check takes longer, but stays right.
   * @default {the state itself}
   */
  readonly stateKey?: (state: State) => unknown;
  /**
   * Whether a recorded result equals the model's.
   * @default {deep equality}
   */
  readonly equals?: (recorded: unknown, expected: unknown) => boolean;
}
