import { DEFAULT_TRAITS } from "../../src/abstract_map.ts";
import type { ConcurrentMap, Traits } from "../../mod.ts";
import { checkOption, checkOptions, FUNCTION, OBJECT, type Rule, type Rules } from "../../src/options.ts";
import { expectEqual } from "./expect.ts";
import { keysFor, valuesFor } from "./zoo.ts";

/**
 * Registers a test: `test` of `node:test` or `bun:test`, `Deno.test`, or `it` of a suite. A test that hangs fails only if the
 * runner has a time limit.
 */
export type RegisterTest = (name: string, fn: () => void | Promise<void>) => unknown;

/** The map under test, as both suites see it. */
export interface SubjectOptions<K, V> {
  /**
   * The traits of the map in which it differs from the defaults of `AbstractMap`. The map must declare these, and keep them.
   * @default {the defaults}
   */
  readonly traits?: Partial<Traits> | undefined;
  /**
   * The keys to use: a few, so that operations meet.
   * @default {keys of every kind that the trait `keys` names}
   */
  readonly keys?: readonly K[] | undefined;
  /**
   * The values to use.
   * @default {values of every kind that the trait `values` names}
   */
  readonly values?: readonly V[] | undefined;
}

/** Options for `conformance`. */
export interface ConformanceOptions<K, V> extends SubjectOptions<K, V> {
  /** Returns an empty map. */
  readonly make: () => ConcurrentMap<K, V>;
  /** Throws if the map violates an invariant of its own. It is called after each operation. */
  readonly check?: ((map: ConcurrentMap<K, V>) => void) | undefined;
}

/** The options without gaps. To the rules, keys and values are of any type. */
export interface Subject {
  readonly traits: Traits;
  readonly keys: readonly unknown[];
  readonly values: readonly unknown[];
}

/** A synchronous map under test. */
export interface SyncSubject extends Subject {
  readonly make: () => ConcurrentMap<unknown, unknown>;
  readonly check?: ((map: ConcurrentMap<unknown, unknown>) => void) | undefined;
}

const ELEMENTS: Rule = {
  must: "be an array of two elements or more",
  isOfType: Array.isArray,
  isInRange: (elements: readonly unknown[]) => elements.length >= 2,
};

/** The rules of the options that both suites have. */
export const SUBJECT_RULES: Rules<SubjectOptions<unknown, unknown> & { make: unknown }> = {
  make: FUNCTION,
  traits: OBJECT,
  keys: ELEMENTS,
  values: ELEMENTS,
};

/**
 * Checks the options of a suite.
 *
 * @throws {TypeError} If one is unknown or of the wrong type, or `make` is missing.
 * @throws {RangeError} If one is out of its range.
 */
export function checkedSubject<Options extends { readonly make: unknown }>(
  options: Options,
  rules: Rules<Options>,
): Options {
  const checked = checkOptions<Options, Partial<Options>>("test a map", options, rules, {});
  checkOption("test a map", "make", checked.make, FUNCTION);
  return checked;
}

/** Fills in the defaults. */
export function subjectOf({ traits: differing, keys, values }: SubjectOptions<unknown, unknown>): Subject {
  const traits = { ...DEFAULT_TRAITS, ...differing };
  return { traits, keys: keys ?? keysFor(traits), values: values ?? valuesFor(traits) };
}

/** Throws unless the map declares these traits. */
export function expectTraits(received: Traits, expected: Traits): void {
  for (const [name, value] of Object.entries(expected)) {
    expectEqual(received[name as keyof Traits], value, `the trait ${name}`);
  }
}
