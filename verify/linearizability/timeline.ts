import { printable } from "../../src/inspection/printable.ts";
import { rendered } from "../../src/inspection/rendering.ts";
import type { Operation } from "./model.ts";

/** How many characters of a value are shown. */
const MAX_VALUE = 24;

/** How many operations are shown. */
const MAX_OPERATIONS = 100;

/** How wide a timeline is before it goes on below. */
const MAX_WIDTH = 120;

/**
 * Operations that all returned, given in the order of their calls, as text: a row for each client, and in it a bar from
 * each call to its return. What overlaps in time overlaps in the text, and nothing else does; how long it took is not to
 * scale.
 */
export function timeline(operations: readonly Operation[]): string {
  const left = operations.length - MAX_OPERATIONS;
  if (left > 0) return `${timeline(operations.slice(0, MAX_OPERATIONS))}\n\n… and ${left} more`;
  const columns = columnsOf(operations);
  const rows = new Map<Operation["client"], string>();
  for (const operation of operations) {
    const { call, end } = columns.get(operation) as Required<Column>;
    const row = rows.get(operation.client) ?? "";
    const label = ` ${labelOf(operation)} `;
    rows.set(operation.client, `${row.padEnd(call)}├${label.padEnd(end - call - 1, "─")}┤`);
  }
  const nameWidth = Math.max(...[...rows.keys()].map((client) => shown(client).length));
  const width = Math.max(...[...rows.values()].map((row) => row.length));
  const blocks: string[] = [];
  for (let from = 0; from < width; from += MAX_WIDTH) {
    const lines = [...rows].flatMap(([client, row]) => {
      const bars = row.slice(from, from + MAX_WIDTH).trimEnd();
      return bars === "" ? [] : [`client ${shown(client).padEnd(nameWidth)}  ${bars}`];
    });
    blocks.push(lines.join("\n"));
  }
  return blocks.join("\n\n");
}

/** Where a bar begins and where it ends. */
interface Column {
  readonly call: number;
  end?: number;
}

/** Gives each time a column, from left to right, so that a bar is as long as its label at least. */
function columnsOf(operations: readonly Operation[]): Map<Operation, Column> {
  const columns = new Map<Operation, Column>();
  const lastOf = new Map<Operation["client"], Operation>();
  let next = 0;
  const end = (operation: Operation): void => {
    const column = columns.get(operation);
    if (column === undefined || column.end !== undefined) return;
    column.end = Math.max(next, column.call + labelOf(operation).length + 3);
    next = column.end + 1;
  };
  const events = operations.flatMap((operation) => [
    { operation, time: operation.calledAt, isReturn: false },
    { operation, time: operation.returnedAt as number, isReturn: true },
  ]).sort((a, b) => a.time - b.time || Number(a.isReturn) - Number(b.isReturn));
  for (const { operation, isReturn } of events) {
    if (isReturn) end(operation);
    else {
      // Its last call returned, if at this very time.
      const last = lastOf.get(operation.client);
      if (last !== undefined) end(last);
      lastOf.set(operation.client, operation);
      columns.set(operation, { call: next++ });
    }
  }
  return columns;
}

function labelOf(operation: Operation): string {
  const call = `${printable(operation.name)}(${operation.args.map(shown).join(", ")})`;
  return "result" in operation ? `${call} → ${shown(operation.result)}` : call;
}

/** A value as text, cut if it is long. */
export function shown(value: unknown): string {
  const characters = [...printable(rendered(value))];
  return characters.length > MAX_VALUE ? `${characters.slice(0, MAX_VALUE).join("")}…` : characters.join("");
}
