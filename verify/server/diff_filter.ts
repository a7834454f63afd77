import type { ReportedDiff } from "../report/report.ts";
import { DIFF_KINDS } from "../stats/diff_kind.ts";
import { Refusal } from "./actions.ts";

/** Which diffs are asked for: those that match everything given. */
export interface DiffFilter {
  readonly kind?: string;
  readonly operation?: string;
  /** A part of the key as the report shows it: without `reveal`, of its digest. */
  readonly key?: string;
  /** From when on they were confirmed, in UTC: ISO 8601, with or without its zone. */
  readonly from?: string;
  /** Up to when. A time without a fraction of a second means all of that second. */
  readonly to?: string;
}

type Field = keyof DiffFilter;

const FIELDS: readonly Field[] = ["kind", "operation", "key", "from", "to"];

/** No key and no operation is shown in a longer text. */
const MAX_LENGTH = 1_000;

/**
 * Reads a filter from the query of a request: `undefined` if it has none. A field that a form left empty matches everything.
 *
 * @throws {Refusal} If there is no such kind, or a time cannot be read.
 */
export function readDiffFilter(query: Readonly<Record<string, string>>): DiffFilter | undefined {
  if (!FIELDS.some((field) => field in query)) return undefined;
  const filter: DiffFilter = Object.fromEntries(
    FIELDS.map((field) => [field, query[field] ?? ""] as const).filter(([, text]) => text !== ""),
  );
  for (const field of FIELDS) check(field, filter[field]);
  return filter;
}

/** The diffs that match. */
export function matching(diffs: readonly ReportedDiff[], filter: DiffFilter): ReportedDiff[] {
  const { kind, operation, key, from, to } = filter;
  const fromMs = from === undefined ? -Infinity : timeOf(from);
  const toMs = to === undefined ? Infinity : timeOf(to) + (to.includes(".") ? 0 : 999);
  return diffs.filter((diff) => {
    const atMs = Date.parse(diff.at);
    return (kind ?? diff.kind) === diff.kind && (operation ?? diff.operation) === diff.operation &&
      diff.key.includes(key ?? "") && fromMs <= atMs && atMs <= toMs;
  });
}

function check(field: Field, text: string | undefined): void {
  if (text === undefined) return;
  const refuse = (must: string) => {
    throw new Refusal(400, `Cannot find diffs: ${field} must ${must}: received ${JSON.stringify(text.slice(0, 100))}`);
  };
  if (text.length > MAX_LENGTH) refuse(`have at most ${MAX_LENGTH} characters`);
  if (field === "kind" && !DIFF_KINDS.some((kind) => kind === text)) refuse(`be one of ${DIFF_KINDS.join(", ")}`);
  if ((field === "from" || field === "to") && Number.isNaN(timeOf(text))) refuse("be a time in ISO 8601");
}

/** A form sends a time without its zone. */
function timeOf(text: string): number {
  return Date.parse(/T.*(?:Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes("T") ? text : `${text}Z`);
}
