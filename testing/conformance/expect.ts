import { rendered } from "../../src/inspection/rendering.ts";
import { isDeepEqual } from "../../src/equality/deep_equal.ts";

/** A map violates its contract. */
export class ConformanceError extends Error {
  /** `ConformanceError`. */
  override readonly name = "ConformanceError";
}

/** Throws unless `holds`. */
export function expect(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new ConformanceError(rule);
}

/** Throws unless the two are equal in everything that can be seen of them. `what` is asked for its text only then. */
export function expectEqual(received: unknown, expected: unknown, what: { toString(): string }): void {
  if (isDeepEqual(received, expected)) return;
  throw new ConformanceError(`${what} must be ${rendered(expected)}: received ${rendered(received)}`);
}

/** Throws unless it is equal to one of them. */
export function expectOneOf(received: unknown, allowed: readonly unknown[], what: string): void {
  if (allowed.some((each) => isDeepEqual(received, each))) return;
  throw new ConformanceError(
    `${what} must be ${allowed.map((each) => rendered(each)).join(" or ")}: received ${rendered(received)}`,
  );
}

type ErrorClass = abstract new (...args: never[]) => Error;

/** Throws unless `call` throws an error of that class. */
export function expectThrow(call: () => unknown, type: ErrorClass, what: string): void {
  let answer: unknown;
  try {
    answer = call();
  } catch (error) {
    return expectError(error, type, what);
  }
  throw new ConformanceError(`${what} must throw a ${type.name}: it returned ${rendered(answer)}`);
}

/** Throws unless `call` returns a promise that rejects with an error of that class, which it returns. */
export async function expectRejection<E extends Error>(
  call: () => Promise<unknown>,
  type: abstract new (...args: never[]) => E,
  what: string,
): Promise<E> {
  const promise = begun(call, what);
  let answer: unknown;
  try {
    answer = await promise;
  } catch (error) {
    expectError(error, type, what);
    return error as E;
  }
  throw new ConformanceError(`${what} must reject with a ${type.name}: it resolved to ${rendered(answer)}`);
}

/** No method of an asynchronous map throws: each rejects. */
function begun(call: () => Promise<unknown>, what: string): Promise<unknown> {
  try {
    return call();
  } catch (error) {
    throw new ConformanceError(`${what} must reject: it threw ${rendered(error)}`);
  }
}

function expectError(error: unknown, type: ErrorClass, what: string): void {
  if (error instanceof type) return;
  throw new ConformanceError(`${what} must fail with a ${type.name}: it failed with ${rendered(error)}`, {
    cause: error,
  });
}
