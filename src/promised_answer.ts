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

/**
 * Calls `listener` if `answer` is a promise and is rejected. Only a promise of the language can be rejected unheard. Other
 * objects with a method `then` are left alone: to call that may begin work, as it does for the queries of a database.
 */
export function whenRejected(answer: unknown, listener: () => void): void {
  if (!isPromise(answer)) return;
  try {
    Promise.prototype.then.call(answer, undefined, listener);
  } catch {
    // No promise of the language.
  }
}

/** Lets a rejection of `thing` end unheard, if it is a promise. A map may even throw one. */
export function silence(thing: unknown): void {
  whenRejected(thing, () => {});
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
