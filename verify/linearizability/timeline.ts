import { printable } from "../../src/inspection/printable.ts";
import { rendered } from "../../src/inspection/rendering.ts";
import { type Columns, columnsOf } from "./columns.ts";
import type { Operation } from "./model.ts";

/** The most characters of a value that are shown. */
const MAX_VALUE = 24;

/** The most operations that are shown. */
const MAX_OPERATIONS = 100;

/** The width at which a timeline continues below. */
const MAX_WIDTH = 120;

/**
 * Operations that all returned, given in the order of their calls, as text: a row for each client, and in it a bar from
 * each call to its return. Bars overlap exactly if the calls did; how long it took is not
 * to scale.
 */
export function timeline(operations: readonly Operation[]): string {
  const left = operations.length - MAX_OPERATIONS;
  if (left > 0) return `${timeline(operations.slice(0, MAX_OPERATIONS))}\n\n… and ${left} more`;
  const columns = columnsOf(operations, (operation) => labelOf(operation).length + 3);
  const rows = new Map<Operation["client"], string>();
  for (const operation of operations) {
    const { call, end } = columns.get(operation) as Columns;
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

/** The arguments of an operation, and its result. */
export function labelOf(operation: Operation): string {
  const call = `${printable(operation.name)}(${operation.args.map(shown).join(", ")})`;
  return "result" in operation ? `${call} → ${shown(operation.result)}` : call;
}

/** A value as text, cut if it is long. */
export function shown(value: unknown): string {
  const characters = [...printable(rendered(value))];
  return characters.length > MAX_VALUE ? `${characters.slice(0, MAX_VALUE).join("")}…` : characters.join("");
}
