import type { Operation } from "./model.ts";

/** The result of `checkLinearizable`. */
export interface Linearizability {
  /**
   * - `linearizable`: there is an order of all operations that explains every result.
   * - `violated`: there is none.
   * - `unknown`: none was found and none ruled out within the bound. It never counts as `linearizable`.
   */
  readonly verdict: "linearizable" | "violated" | "unknown";
  /** A violation of each part of the model that has one, the one with the fewest operations first. */
  readonly violations: readonly Violation[];
  /** The parts of the model, such as a map's keys, that were not decided before the bound was reached. */
  readonly undecided: readonly unknown[];
  /** For each part the order that explains it, or else the longest one that was found. */
  readonly orders: readonly Order[];
}

/** The operations of one part in an order that explains their results, as far as it goes. */
export interface Order {
  /** The part of the model that they are about, such as a map's key. */
  readonly part: unknown;
  /** Whether all operations that returned are in it. */
  readonly isComplete: boolean;
  /** The operations that are in it, the first to take effect first. */
  readonly steps: readonly OrderStep[];
  /**
   * The operations that are not in it, in the order of their calls. If the order is complete, they never returned and
   * need not have taken effect.
   */
  readonly others: readonly Operation[];
}

/** An operation that takes effect. */
export interface OrderStep {
  /** The operation. */
  readonly operation: Operation;
  /** The state of the part afterwards. */
  readonly state: unknown;
}

/**
 * Operations that no order explains, whatever else happened. `checkLinearizable` describes them.
 */
export interface Violation {
  /** The part of the model that they are about, such as a map's key. */
  readonly part: unknown;
  /** In the order of their calls. */
  readonly operations: readonly Operation[];
  /** Whether each of them is needed. `false` only if the bound was reached before this was certain. */
  readonly isMinimal: boolean;
  /**
   * The first hundred operations as text: a row for each client, bars from call to return. Control characters are
   * escaped and long values cut.
   */
  readonly timeline: string;
}
