import type { Operation } from "./model.ts";

/** The columns in which a bar begins and ends. */
export interface Columns {
  readonly call: number;
  readonly end: number;
}

/**
 * Gives each call and each return a column, from left to right in the order of time: bars overlap if the operations
 * did, and only then. How long an operation took is not to scale. An operation that never returned ends in the last
 * column.
 *
 * @param operations In the order of their calls.
 * @param lengthOf The least length of a bar.
 */
export function columnsOf(
  operations: readonly Operation[],
  lengthOf: (operation: Operation) => number,
): Map<Operation, Columns> {
  const columns = new Map<Operation, { readonly call: number; end: number }>();
  const lastOf = new Map<Operation["client"], Operation>();
  let next = 0;
  const end = (operation: Operation): void => {
    const column = columns.get(operation);
    if (column === undefined || column.end < Infinity) return;
    column.end = Math.max(next, column.call + lengthOf(operation));
    next = column.end + 1;
  };
  const events = operations.flatMap((operation) => [
    { operation, time: operation.calledAt, isReturn: false },
    { operation, time: operation.returnedAt ?? Infinity, isReturn: true },
  ]).sort((a, b) => (a.time === b.time ? 0 : a.time - b.time) || Number(a.isReturn) - Number(b.isReturn));
  for (const { operation, isReturn } of events) {
    if (isReturn) end(operation);
    else {
      // Its client's last call returned, if at this very time.
      const last = lastOf.get(operation.client);
      if (last !== undefined) end(last);
      lastOf.set(operation.client, operation);
      columns.set(operation, { call: next++, end: Infinity });
    }
  }
  return columns;
}
