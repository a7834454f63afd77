import { type Columns, columnsOf } from "./columns.ts";
import { type Markup, markup } from "./markup.ts";
import type { Operation } from "./model.ts";
import { shown } from "./timeline.ts";

/** An operation as it is drawn. */
export interface Bar {
  readonly operation: Operation;
  readonly label: string;
  /** `bad`: part of the proof that there is no order; `left`: not in the order. */
  readonly kind: "ordered" | "left" | "bad";
}

/** The height of a client's row; the style sheet uses it for the names beside it, too. */
const ROW = 32;
const BAR = 24;
/** The width of a column: a character of a label, with room for wider fonts. */
const COLUMN = 7.5;

/**
 * Bars from call to return, given in the order of the calls: a row for each client, scrolled sideways if it is
 * wide.
 */
export function historyBars(bars: readonly Bar[]): Markup {
  const labels = new Map(bars.map(({ operation, label }) => [operation, label]));
  const columns = columnsOf([...labels.keys()], (operation) => (labels.get(operation) as string).length + 2);
  const clients = [...new Set(bars.map(({ operation }) => operation.client))];
  const last = Math.max(...bars.map(({ operation, label }) => {
    const { call, end } = columns.get(operation) as Columns;
    return end < Infinity ? end : call + label.length + 2;
  }));
  const shapes = bars.map((bar) => {
    const { call, end } = columns.get(bar.operation) as Columns;
    return shape(bar, call, Math.min(end, last + 2), clients.indexOf(bar.operation.client));
  });
  const width = (last + 3) * COLUMN;
  const height = clients.length * ROW;
  return markup`
    <div class="history">
      <ul aria-hidden="true">${clients.map((client) => markup`<li>${shown(client)}</li>`)}</ul>
      <div class="scroll" tabindex="0" role="region" aria-label="Calls and returns in time">
        <svg role="img" aria-label="${bars.length} operations of ${clients.length} clients" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${shapes}</svg>
      </div>
    </div>`;
}

function shape({ operation, label, kind }: Bar, call: number, end: number, row: number): Markup {
  const isOpen = operation.returnedAt === undefined ? " open" : "";
  const [x, y] = [call * COLUMN, row * ROW];
  return markup`<g class="${kind}${isOpen}"><rect x="${x + 1}" y="${y + (ROW - BAR) / 2}" width="${
    (end - call) * COLUMN - 1
  }" height="${BAR}" rx="3"/><text x="${x + COLUMN}" y="${y + ROW / 2 + 4}">${label}</text></g>`;
}
