import { isPromise, silence } from "./promised_answer.ts";

/**
 * Refuses a promise as a value of a map that answers with promises: a caller forgot to wait for it, and `get` cannot resolve to a promise.
 *
 * @throws {TypeError} If it is a promise, or an object that can be waited for like one.
 */
export function refusePromisedValue(value: unknown): void {
  if (!isPromise(value)) return;
  silence(value);
  throw new TypeError("Cannot use a promise as a value: await it first, and give the map what it resolves to");
}
