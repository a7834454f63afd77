import { refusePromise } from "../../src/promised_answer.ts";
import type { Ledger } from "../stats/ledger.ts";
import type { Redactor } from "./redaction.ts";
import type { ReportedHotKey } from "./report.ts";

/** A report has at most this many hot keys, whatever the source returns. */
const MAX_REPORTED = 1_000;

/**
 * Knows the most used keys: the map that `hotKeys` returns, or anything else with such a `top`.
 *
 * @example Report which keys the callers of a twin use most
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
 * The hottest keys as a report may show them, with the same digests as in the diffs: `null` without a source. If the
 * source throws, there are none, and the ledger counts the error.
 */
export function reportHotKeys(
  source: HotKeysSource | null,
  redactor: Redactor,
  ledger: Ledger,
): ReportedHotKey[] | null {
  if (source === null) return null;
  try {
    const top = source.top();
    refusePromise(top, "hotKeys");
    return top.slice(0, MAX_REPORTED)
      .map(({ key, count, error }) => ({ key: redactor.key(key), count, error }));
  } catch {
    ledger.hookErrors++;
    return [];
  }
}
