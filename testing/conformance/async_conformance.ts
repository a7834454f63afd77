import * as aborts from "./aborts.ts";
import * as contract from "./async_contract.ts";
import { behavesAsMap } from "./async_model_run.ts";
import { type AsyncConformanceOptions, asyncSubjectOf } from "./async_subject.ts";
import * as callers from "./callers.ts";
import * as codecs from "./codecs.ts";
import * as expiry from "./expiry.ts";
import * as limits from "./limits.ts";
import type { RegisterTest } from "./subject.ts";

/**
 * Registers the tests that every {@link AsyncConcurrentMap} must pass: it answers as a plain `Map` would, 64 concurrent callers
 * see each method as one step, what it cannot keep is refused, an aborted call says what became of it, and it has the traits that
 * it declares. With `stop` and `start`, the store is killed under load. Some tests take seconds on a slow store: give them time.
 *
 * @param test Registers one test: `test` of `node:test` or `bun:test`, or `Deno.test`.
 * @param options See {@link AsyncConformanceOptions}.
 * @throws {TypeError} If an option is unknown or of the wrong type, or `make` is missing.
 * @throws {RangeError} If an option is out of its range.
 *
 * @example
 * ```ts ignore
 * import { asyncConformance } from "@twinmap/twinmap/testing";
 * import { test } from "node:test";
 * import { TableMap } from "./table_map.ts";
 *
 * asyncConformance(test, {
 *   make: async () => await TableMap.create(`table_${crypto.randomUUID()}`),
 *   traits: { atomic: "process", scope: "store", keys: "strings and integers", values: "copy", snapshot: "none" },
 * });
 * ```
 */
export function asyncConformance<K, V>(test: RegisterTest, options: AsyncConformanceOptions<K, V>): void {
  const subject = asyncSubjectOf(options as AsyncConformanceOptions<unknown, unknown>);
  const { traits, open, stop, start } = subject;
  test("answers every operation as a plain Map would", () => behavesAsMap(subject));
  test("sets and gets many entries in one call", () => contract.setsAndGetsMany(subject));
  test("keeps its entries if a callback throws or rejects", () => contract.keepsWhatItHad(subject));
  test("refuses a callback that is no function, and changes nothing", () => contract.refusesCallbacks(subject));
  test("computes a value once for all who wait for it", () => contract.computesOnceForAll(subject));
  test("calls the callback of forEach for one entry after the other", () => contract.handsToForEach(subject));
  test("takes a snapshot that later writes do not change, or has none", () => contract.takesSnapshot(subject));
  test("iterates under writes as its traits say", () => contract.iteratesAsTraitsSay(subject));
  test("refuses keys and values that its traits do not name", () => contract.refusesOthers(subject));
  test("refuses a promise for a value, and changes nothing", () => contract.refusesPromises(subject));
  test("declares its traits, and changes no order by reads unless they say so", () => contract.hasItsTraits(subject));
  test("gives values back equal, or refuses them when they are set", () => codecs.keepsOrRefusesValues(subject));
  test("takes values at the call, and compares copies by content", () => codecs.takesValuesAtTheCall(subject));
  test("takes keys at the call", () => codecs.takesKeysAtTheCall(subject));
  test("tells keys apart that are easily confused", () => codecs.tellsKeysApart(subject));
  test("keeps to its limit for keys", () => limits.keepsToKeyLimit(subject));
  test("keeps to its limit for values", () => limits.keepsToValueLimit(subject));
  test("sends nothing if its signal is aborted already", () => aborts.refusesAbortedSignals(subject));
  test("tells what became of a write that is aborted", () => aborts.tellsWhatBecameOfAbortedWrites(subject));
  if (traits.expires !== "never") {
    test("keeps the time of an entry, unless it is set anew", () => expiry.keepsTheTime(subject));
    test("lets entries expire", () => expiry.letsEntriesExpire(subject));
  }
  if (traits.atomic !== "none") {
    test("is linearizable under concurrent callers", () => callers.isAtomicToOneMap(subject));
    test("loses no update of concurrent callers", () => callers.losesNoUpdate(subject));
  }
  if (traits.atomic === "store" && open !== undefined) {
    test("is linearizable under the callers of two maps over one store", () =>
      callers.isAtomicToTwoMaps(subject, open));
  }
  if (stop !== undefined && start !== undefined) {
    test("loses nothing when its store is killed and comes back", () => callers.survivesAnOutage(subject, stop, start));
  }
}
