/**
 * Stands in for JSR's `@std/assert`, with the same names, signatures and rules, as far as the tests need them: it runs
 * on Deno, Bun and Node, and where JSR is out of reach. `deno task test:jsr` runs the tests with the real one.
 *
 * @module
 */
import strict from "node:assert/strict";
import { inspect } from "node:util";
import { equal } from "./equal.ts";

export { equal };

// deno-lint-ignore no-explicit-any -- any constructor must fit, whatever its parameters.
type AnyConstructor = new (...args: any[]) => unknown;
// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/** What every assertion throws. */
export class AssertionError extends Error {
  override name = "AssertionError";
}

function show(value: unknown): string {
  return inspect(value, { depth: 8, sorted: true });
}

function reject(what: string, msg: string | undefined): never {
  throw new AssertionError(msg === undefined ? `${what}.` : `${what}: ${msg}`);
}

/** The difference, as `node:assert` describes it; its equality is stricter, so it always finds one. */
function difference(actual: unknown, expected: unknown): string {
  try {
    strict.deepStrictEqual(actual, expected);
  } catch (error) {
    return (error as Error).message;
  }
  return `Actual: ${show(actual)}\nExpected: ${show(expected)}`;
}

export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

export function assertFalse(expr: unknown, msg?: string): asserts expr is false | 0 | "" | null | undefined {
  if (expr) reject(`Expected ${show(expr)} to be falsy`, msg);
}

export function fail(msg?: string): never {
  reject("Failed assertion", msg);
}

export function unreachable(msg?: string): never {
  reject("Unreachable", msg);
}

export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  reject("Values are not equal", [msg, difference(actual, expected)].filter(Boolean).join("\n"));
}

export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) reject(`Expected values to differ, both are ${show(actual)}`, msg);
}

export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const alike = equal(actual, expected)
    ? "Values have the same structure but are not the same"
    : "Values are not the same";
  reject(alike, [msg, `Actual: ${show(actual)}\nExpected: ${show(expected)}`].filter(Boolean).join("\n"));
}

export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void {
  if (Object.is(actual, expected)) reject(`Expected not to be ${show(expected)}`, msg);
}

export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) reject(`Expected ${actual} to be neither null nor undefined`, msg);
}

export function assertAlmostEquals(actual: number, expected: number, tolerance?: number, msg?: string): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const delta = Math.abs(expected - actual);
  if (delta <= allowed) return;
  reject(`Expected ${actual} to be close to ${expected}: delta ${delta} is greater than ${allowed}`, msg);
}

export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) reject(`Expected ${show(actual)} > ${show(expected)}`, msg);
}

export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) reject(`Expected ${show(actual)} >= ${show(expected)}`, msg);
}

export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) reject(`Expected ${show(actual)} < ${show(expected)}`, msg);
}

export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) reject(`Expected ${show(actual)} <= ${show(expected)}`, msg);
}

export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) reject(`Expected ${show(actual)} to contain ${show(expected)}`, msg);
}

export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) reject(`Expected ${show(actual)} to match ${expected}`, msg);
}

export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) reject(`Expected ${show(actual)} not to match ${expected}`, msg);
}

export function assertArrayIncludes<T>(actual: ArrayLike<T>, expected: ArrayLike<T>, msg?: string): void {
  const present = Array.from(actual);
  const missing = Array.from(expected).filter((item) => !present.some((other) => equal(item, other)));
  if (missing.length > 0) reject(`Expected ${show(present)} to include ${show(missing)}`, msg);
}

export function assertInstanceOf<T extends AnyConstructor>(
  actual: unknown,
  expectedType: T,
  msg?: string,
): asserts actual is InstanceType<T> {
  if (!(actual instanceof expectedType)) {
    reject(`Expected ${show(actual)} to be an instance of ${expectedType.name}`, msg);
  }
}

/** Asserts that `actual` has at least the properties of `expected`, at every depth; arrays are as long as expected. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- as in the original: an interface is no Record of unknown.
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  assertEquals(restrictedTo(expected, actual), expected, msg);
}

function restrictedTo(pattern: unknown, value: unknown): unknown {
  if (Array.isArray(pattern) && Array.isArray(value)) {
    return value.map((item, i) => i in pattern ? restrictedTo(pattern[i], item) : item);
  }
  if (!isPlain(pattern) || typeof value !== "object" || value === null) return value;
  const keys = Reflect.ownKeys(pattern).filter((key) => key in value);
  return Object.fromEntries(keys.map((key) => [key, restrictedTo(pattern[key], Reflect.get(value, key))]));
}

function isPlain(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === "object" && value !== null && (value.constructor ?? Object) === Object;
}

export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: ErrorClass<E>,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) reject(`Expected an Error, got ${show(error)}`, msg);
  if (ErrorClass && !(error instanceof ErrorClass)) {
    reject(`Expected error to be an instance of ${ErrorClass.name}, but was ${show(error)}`, msg);
  }
  if (msgMatches === undefined) return;
  const fits = typeof msgMatches === "string" ? error.message.includes(msgMatches) : msgMatches.test(error.message);
  if (!fits) reject(`Expected error message to match ${show(msgMatches)}, but got ${show(error.message)}`, msg);
}

export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error>(
  fn: () => unknown,
  classOrMsg?: ErrorClass<E> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const message = typeof classOrMsg === "string" ? classOrMsg : msg;
  try {
    fn();
  } catch (error) {
    if (typeof classOrMsg === "function") assertIsError(error, classOrMsg, msgIncludes, message);
    return error;
  }
  reject("Expected function to throw", message);
}

export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClass<E> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const message = typeof classOrMsg === "string" ? classOrMsg : msg;
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch {
    reject("Function throws when expected to reject", message);
  }
  try {
    await promise;
  } catch (error) {
    if (typeof classOrMsg === "function") assertIsError(error, classOrMsg, msgIncludes, message);
    return error;
  }
  reject("Expected function to reject", message);
}
