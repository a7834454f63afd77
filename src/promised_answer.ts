import { hasMethod } from "./options.ts";

/** Whether an answer of a map is a promise, or an object that can be waited for like one. */
export function isPromise(answer: unknown): answer is PromiseLike<unknown> {
  return typeof answer === "object" && answer !== null && hasMethod(answer, "then");
}

/**
 * Lets a rejection of a promise end unheard, if only one of two answers is one: nobody waits for it, and it would end the
 * process. If both are, the values of the maps are promises, for which their owner cares.
 */
export function silenceOne(a: unknown, b: unknown): void {
  if (isPromise(a)) {
    if (!isPromise(b)) silence(a);
  } else if (isPromise(b)) silence(b);
}

function silence(answer: PromiseLike<unknown>): void {
  try {
    answer.then(undefined, () => {});
  } catch {
    // An object that only looks like a promise.
  }
}

/**
 * Refuses a promise as the answer of a synchronous map.
 *
 * @param answer What the map answered.
 * @param subject The beginning of the error message, such as "The new map".
 * @throws {TypeError} If it is a promise.
 */
export function refusePromise(answer: unknown, subject: string): void {
  if (!isPromise(answer)) return;
  silence(answer);
  throw new TypeError(`${subject} answers with a promise: use an AsyncConcurrentMap`);
}
