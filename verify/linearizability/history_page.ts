import { printable } from "../../src/inspection/printable.ts";
import { rendered } from "../../src/inspection/rendering.ts";
import { ABSENT } from "../../src/equality/deep_equal.ts";
import type { Linearizability, Order, Violation } from "./findings.ts";
import { type Bar, historyBars } from "./history_bars.ts";
import { HISTORY_STYLE, HISTORY_STYLE_SHA256 } from "./history_style.ts";
import { Markup, markup } from "./markup.ts";
import type { Operation } from "./model.ts";
import { labelOf, shown } from "./timeline.ts";

/** The most parts that are shown, bars of each, and rows of a table. */
const [MAX_PARTS, MAX_BARS, MAX_ROWS] = [20, 60, 200] as const;

/** Options for {@link historyPage}. */
export interface HistoryPageOptions {
  /**
   * The page's title, such as the name of the map that was checked.
   * @default {"History"}
   */
  readonly title?: string;
}

/**
 * Returns a page that shows a checked history: the calls of each part in time, with the proof of a violation marked;
 * the order that explains them, or else the longest one that was found, with the result of each operation and the state
 * after it; and the operations that could not follow it.
 *
 * The page is one file without scripts, links or images, and its content security policy allows none. Everything that
 * comes from the history is escaped, and cut if it is long. Of a long history the page shows the end, which matters: at
 * most 20 parts, and 60 bars and 200 rows of each.
 *
 * @param found The result of `checkLinearizable`.
 * @param options See {@link HistoryPageOptions}.
 * @returns The page's HTML.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 *
 * @example
 * ```ts
 * import { checkLinearizable, historyPage, mapModel } from "@twinmap/twinmap/linearizability";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const found = checkLinearizable([
 *   { client: "ada", name: "get", args: ["x"], calledAt: 0, returnedAt: 1, result: "<torn>" },
 * ], mapModel());
 * assertStringIncludes(historyPage(found, { title: "users" }), "get(&quot;x&quot;) → &quot;&lt;torn&gt;&quot;");
 * ```
 */
export function historyPage(found: Linearizability, options: HistoryPageOptions = {}): string {
  const { title = "History", ...others } = options;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new TypeError(`Cannot show a history: unknown option ${JSON.stringify(unknown)}; known: title`);
  }
  if (typeof title !== "string") {
    throw new TypeError(`Cannot show a history: title must be a string: received ${rendered(title)}`);
  }
  const violations = new Map(found.violations.map((violation) => [violation.part, violation]));
  const orders = found.orders.toSorted((a, b) => rankOf(a, violations) - rankOf(b, violations));
  const more = orders.length - MAX_PARTS;
  return `<!doctype html>\n${
    markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${HISTORY_STYLE_SHA256}'; base-uri 'none'; form-action 'none'">
<title>${printable(title)} – TwinMap</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${new Markup(`<style>${HISTORY_STYLE}</style>`)}
</head>
<body>
<h1>${printable(title)}</h1>
<main>
<div class="verdict ${found.verdict}">
<p class="line">${LINES[found.verdict]}</p>
<p>${summary(found)}</p>
</div>
${orders.slice(0, MAX_PARTS).map((order) => section(order, violations.get(order.part)))}
${more > 0 ? markup`<p class="quiet">… and ${more} more parts.</p>` : ""}
</main>
</body>
</html>
`.text
  }`;
}

const LINES: Readonly<Record<Linearizability["verdict"], string>> = {
  linearizable: "Linearizable",
  violated: "Not linearizable",
  unknown: "Not decided",
};

function summary({ verdict, violations, undecided, orders }: Linearizability): string {
  const parts = counted(orders.length, "part");
  if (verdict === "linearizable") return `An order explains all results (${parts}).`;
  const open = `${undecided.length} of ${parts}: no order was found, and none was ruled out.`;
  if (verdict === "unknown") return open;
  return `${violations.length} of ${parts}: no order explains all results.${undecided.length > 0 ? ` ${open}` : ""}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Violated parts come first, then undecided ones. */
function rankOf({ part, isComplete }: Order, violations: ReadonlyMap<unknown, Violation>): number {
  return violations.has(part) ? 0 : isComplete ? 2 : 1;
}

function section(order: Order, violation: Violation | undefined): Markup {
  const { part, steps, others, isComplete } = order;
  const proof = new Set(violation?.operations);
  const ordered = steps.map(({ operation }) => operation);
  return markup`
<section>
<h2>${part === undefined ? "All operations" : shown(part)}</h2>
${verdictOf(order, violation)}
<h3>In time</h3>
<ul class="key">
<li class="ordered">in the order</li>
${others.length > 0 ? markup`<li class="left">not in the order</li>` : ""}
${proof.size > 0 ? markup`<li class="bad">part of the proof</li>` : ""}
${[...ordered, ...others].some(neverReturned) ? markup`<li class="open">never returned</li>` : ""}
</ul>
${historyBars(barsOf(ordered, others, proof))}
<h3>${isComplete ? "The order" : "The longest order found"}</h3>
${orderTable(order, proof)}
${others.length > 0 ? markup`<h3>Not in the order</h3>${othersTable(others, proof)}` : ""}
</section>`;
}

function verdictOf({ isComplete, steps, others }: Order, violation: Violation | undefined): Markup {
  const all = steps.length + others.length;
  if (isComplete) return markup`<p>This order explains all results: ${counted(steps.length, "operation")}.</p>`;
  if (violation === undefined) {
    return markup`<p>Not decided: the bound was reached. The longest order found has ${steps.length} of ${all} operations.</p>`;
  }
  const { operations, isMinimal } = violation;
  const doubt = isMinimal ? "" : " Perhaps not all of them are needed: the bound was reached.";
  return markup`<p class="proof">No order explains ${
    operations.length === 1 ? "the operation" : `the ${operations.length} operations`
  } marked as proof, whatever else happened.${doubt}</p>`;
}

/** The operations around the end of the order and those of the proof, in the order of their calls. */
function barsOf(ordered: readonly Operation[], others: readonly Operation[], proof: ReadonlySet<Operation>): Bar[] {
  const left = others.slice(0, MAX_BARS / 2);
  const shown = new Set([...[...proof].slice(-MAX_BARS), ...left, ...ordered.slice(left.length - MAX_BARS)]);
  const places = new Map(ordered.map((operation, at) => [operation, at + 1]));
  return [...shown].sort((a, b) => a.calledAt - b.calledAt).map((operation) => {
    const place = places.get(operation);
    return {
      operation,
      label: `${place === undefined ? "" : `${place}: `}${labelOf(operation)}`,
      kind: proof.has(operation) ? "bad" : place === undefined ? "left" : "ordered",
    };
  });
}

function orderTable({ steps }: Order, proof: ReadonlySet<Operation>): Markup {
  const first = Math.max(0, steps.length - MAX_ROWS);
  const rows = steps.slice(first).map(({ operation, state }, at) =>
    markup`<tr class="${proof.has(operation) ? "bad" : "ordered"}"><td class="number">${first + at + 1}</td>${
      cells(operation)
    }<td class="state"><code>${state === ABSENT ? "absent" : printable(rendered(state))}</code></td></tr>`
  );
  if (rows.length === 0) return markup`<p class="quiet">No operation can take effect.</p>`;
  return markup`
<table>
${first > 0 ? markup`<caption>The last ${MAX_ROWS} of ${steps.length} steps</caption>` : ""}
<thead><tr><th scope="col" class="number">#</th>${HEADINGS}<th scope="col" class="state">State afterwards</th></tr></thead>
<tbody>${rows}</tbody>
</table>`;
}

function othersTable(others: readonly Operation[], proof: ReadonlySet<Operation>): Markup {
  const rows = others.slice(0, MAX_ROWS).map((operation) =>
    markup`<tr class="${proof.has(operation) ? "bad" : "left"}">${cells(operation)}</tr>`
  );
  return markup`
<table>
${others.length > MAX_ROWS ? markup`<caption>The first ${MAX_ROWS} of ${others.length} operations</caption>` : ""}
<thead><tr>${HEADINGS}</tr></thead>
<tbody>${rows}</tbody>
</table>`;
}

const HEADINGS = markup`<th scope="col" class="client">Client</th><th scope="col">Operation, and what it saw</th>`;

function cells(operation: Operation): Markup {
  const never = neverReturned(operation) ? " (never returned)" : "";
  return markup`<td class="client">${shown(operation.client)}</td><td><code>${labelOf(operation)}</code>${never}</td>`;
}

function neverReturned({ returnedAt }: Operation): boolean {
  return returnedAt === undefined;
}
