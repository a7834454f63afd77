import type { Ledger } from "../stats/ledger.ts";
import type { Redactor } from "./redaction.ts";
import type { ReportedHotKey } from "./report.ts";

/** No report has more, whatever it is given. */
const MAX_REPORTED = 1_000;

/**
 * What knows the keys that are used the most: what `hotKeys` returns, or anything with such a `top`.
 *
 * @example To show what the callers of a twin do
 * ```ts
 * import { hotKeys, type HotKeysMap, twin } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const users = twin<string, number>(new Map(), new Map(), { hotKeys: { top: () => observed.top() } });
 * const observed: HotKeysMap<string, number> = hotKeys(users);
 * observed.set("ada", 1);
 * observed.get("ada");
 * assertEquals(users.report().hotKeys?.map(({ count }) => count), [2]);
 * ```
 */
export interface HotKeysSource {
  /** The most used keys, in descending order; the true count of each lies from `count - error` to `count`. */
  top(): readonly { readonly key: unknown; readonly count: number; readonly error: number }[];
}

/**
 * The hottest keys as a report may show them: `null` without a source, none if it throws, which is counted in the ledger.
 * They have the digests that they have in the diffs.
 */
export function reportHotKeys(
  source: HotKeysSource | null,
  redactor: Redactor,
  ledger: Ledger,
): ReportedHotKey[] | null {
  if (source === null) return null;
  try {
    return source.top().slice(0, MAX_REPORTED)
      .map(({ key, count, error }) => ({ key: redactor.key(key), count, error }));
  } catch {
    ledger.hookErrors++;
    return [];
  }
}
