/** One call of a client, as it was recorded. */
export interface Operation {
  /** Who called. A client makes one call after the other; one that was stopped in the middle of a call makes no more. */
  readonly client: string | number;
  /** Which operation of the model it was. */
  readonly name: string;
  /** What it was given. */
  readonly args: readonly unknown[];
  /**
   * The time just before the call, of one clock that all clients share, in any unit. Calls whose times overlap may be put
   * in either order, and equal times overlap, but for calls of one client. So best is a counter that each reading adds
   * one to.
   */
  readonly calledAt: number;
  /**
   * The time just after it returned. Left out, it never did: it may have taken effect at any time since its call, or not
   * at all. A call that threw is recorded so, under a client of its own; one that surely had no effect can be left out.
   */
  readonly returnedAt?: number;
  /** What it returned. */
  readonly result?: unknown;
}

/** What an operation does when it takes effect. */
export interface Outcome<State> {
  /** The state afterwards. */
  readonly state: State;
  /** What the operation returns. Left out (not `undefined`), any result will do. */
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
 * What a history is held against: an object that is used by one client at a time. It must be pure: the same state and the
 * same arguments have the same outcome, and no state is changed in place.
 *
 * @typeParam State What the object can be in, as an immutable value.
 */
export interface Model<State> {
  /** The state before the first operation, of each part. */
  readonly initial: State;
  /** The operations by their names, each called with the state and the arguments. */
  readonly operations: Readonly<Record<string, (state: State, ...args: never[]) => Outcome<State> | AnyOutcome<State>>>;
  /**
   * Which part of the object an operation is about, such as a map's key; parts are compared as a `Map` compares keys. Each
   * part is checked on its own and has a state of its own, so an operation must depend on its part alone.
   * @default {one part for all}
   */
  readonly partition?: (args: readonly unknown[], name: string) => unknown;
  /**
   * Whether an operation, with the result it has, leaves every state as it is that gives it this result: a read, or a write
   * that says it did nothing. What it tells makes the check much quicker; where it is wrong, so is the verdict.
   * @default {none is known to}
   */
  readonly isRead?: (operation: Operation) => boolean;
  /**
   * What stands for a state where states are compared, as a `Map` compares keys but with `-0` apart from `0`. Where it
   * takes equal states for different ones, the check takes longer and is as right.
   * @default {the state itself}
   */
  readonly stateKey?: (state: State) => unknown;
  /**
   * Whether a recorded result is the one that the model has.
   * @default {deep equality}
   */
  readonly equals?: (recorded: unknown, expected: unknown) => boolean;
}
