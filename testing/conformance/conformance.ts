import { FUNCTION, type Rules } from "../../src/options.ts";
import * as contract from "./contract.ts";
import { behavesAsMap } from "./model_run.ts";
import {
  checkedSubject,
  type ConformanceOptions,
  type RegisterTest,
  SUBJECT_RULES,
  subjectOf,
  type SyncSubject,
} from "./subject.ts";

const RULES: Rules<ConformanceOptions<unknown, unknown>> = { ...SUBJECT_RULES, check: FUNCTION };

/**
 * Registers the tests that every {@link ConcurrentMap} must pass: it answers as a plain `Map` would, its atomic operations
 * keep their promises, and it has the traits that it declares. A test that fails prints the operations that lead there, and
 * a seed to repeat them.
 *
 * @param test Registers one test: `test` of `node:test` or `bun:test`, or `Deno.test`.
 * @param options See {@link ConformanceOptions}.
 * @throws {TypeError} If an option is unknown or of the wrong type, or `make` is missing.
 * @throws {RangeError} If an option is out of its range.
 *
 * @example
 * ```ts ignore
 * import { AbstractMap } from "@twinmap/twinmap";
 * import { conformance } from "@twinmap/twinmap/testing";
 * import { test } from "node:test";
 *
 * class ArrayMap<K, V> extends AbstractMap<K, V> {
 *   #entries: [K, V][] = [];
 *
 *   get(key: K): V | undefined {
 *     return this.#entries.find(([other]) => [other].includes(key))?.[1];
 *   }
 *   has(key: K): boolean {
 *     return this.#entries.some(([other]) => [other].includes(key));
 *   }
 *   set(key: K, value: V): this {
 *     const entry = this.#entries.find(([other]) => [other].includes(key));
 *     if (entry) entry[1] = value;
 *     else this.#entries = [...this.#entries, [key === 0 ? 0 as K : key, value]];
 *     return this;
 *   }
 *   delete(key: K): boolean {
 *     const had = this.has(key);
 *     this.#entries = this.#entries.filter(([other]) => ![other].includes(key));
 *     return had;
 *   }
 *   *entries(): MapIterator<[K, V]> {
 *     for (const [key, value] of this.#entries) if (this.has(key)) yield [key, value];
 *   }
 * }
 *
 * conformance(test, { make: () => new ArrayMap() });
 * ```
 */
export function conformance<K, V>(test: RegisterTest, options: ConformanceOptions<K, V>): void {
  const checked = checkedSubject(options as ConformanceOptions<unknown, unknown>, RULES);
  const subject: SyncSubject = { ...subjectOf(checked), make: checked.make, check: checked.check };
  test("answers every operation as a plain Map would", () => behavesAsMap(subject));
  test("keeps its entries if a callback throws", () => contract.keepsWhatItHad(subject));
  test("lets the result of a callback overwrite what the callback wrote to the same key", () =>
    contract.overwritesNested(subject));
  test("refuses a callback that is no function, and changes nothing", () => contract.refusesCallbacks(subject));
  test("calls the callback of forEach with the value, the key, the map and thisArg", () =>
    contract.handsToForEach(subject));
  test("takes a snapshot that later writes do not change", () => contract.takesSnapshot(subject));
  test("iterates under writes as its traits say", () => contract.iteratesAsTraitsSay(subject));
  test("refuses keys and values that its traits do not name", () => contract.refusesOthers(subject));
  test("returns values by reference or as copies, as its traits say", () => contract.handsOutAsTraitsSay(subject));
  test("declares its traits, and changes no order by reads unless they say so", () => contract.hasItsTraits(subject));
}
