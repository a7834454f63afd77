import type { Context } from "hono";
import { Refusal } from "./actions.ts";
import { matching, readDiffFilter } from "./diff_filter.ts";
import { CSV_TYPE, diffTable, type FoundDiff } from "./diff_table.ts";
import { findTwin, type NamedTwins } from "./reported_twin.ts";

/** Answers with the last diffs of one twin or of all, as far as they match the query. */
export function answerDiffs(c: Context, twins: NamedTwins): Response {
  try {
    const { twin: name, format = "json", ...query } = c.req.query();
    const filter = readDiffFilter(query) ?? {};
    const diffs = asked(twins, name).flatMap((twin): FoundDiff[] => {
      const { name, recent } = twin.report();
      return matching(recent, filter).map((diff) => ({ twin: name, ...diff }));
    });
    if (format === "json") return c.json(diffs);
    if (format !== "csv") {
      throw new Refusal(400, `Cannot find diffs: format must be json or csv: received ${JSON.stringify(format)}`);
    }
    const headers = { "Content-Type": CSV_TYPE, "Content-Disposition": 'attachment; filename="diffs.csv"' };
    return c.body(diffTable(diffs), 200, headers);
  } catch (error) {
    if (error instanceof Refusal) return c.json({ error: error.message }, error.status);
    throw error;
  }
}

function asked(twins: NamedTwins, name: string | undefined) {
  if (name === undefined) return [...twins.values()];
  const twin = findTwin(twins, name);
  if (twin === undefined) throw new Refusal(404, `Cannot find diffs: there is no twin ${JSON.stringify(name)}`);
  return [twin];
}
