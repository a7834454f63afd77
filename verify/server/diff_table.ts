import type { ReportedDiff } from "../report/report.ts";

/** A diff, and the name of the twin that found it. */
export interface FoundDiff extends ReportedDiff {
  readonly twin: string;
}

/** The media type of {@link diffTable}. */
export const CSV_TYPE = "text/csv; charset=UTF-8";

const COLUMNS = ["twin", "at", "kind", "operation", "key", "where", "old", "new"];

/** A spreadsheet takes a cell that begins so for a formula, and may run it. */
const FORMULA = /^[\t\r\n]|^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/** Diffs as CSV (RFC 4180): a line for each place at which two values differ. */
export function diffTable(diffs: readonly FoundDiff[]): string {
  const lines = diffs.flatMap(({ twin, at, kind, operation, key, old, new: fresh, paths }) => {
    const places = paths.length === 0 ? [{ path: "", old, new: fresh }] : paths;
    return places.map((place) => [twin, at, kind, operation, key, place.path, place.old, place.new]);
  });
  return [COLUMNS, ...lines].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

/** A text in quotes. An apostrophe tells a spreadsheet that it is no formula. */
function cell(text: string): string {
  return `"${FORMULA.test(text) ? "'" : ""}${text.replaceAll('"', '""')}"`;
}
