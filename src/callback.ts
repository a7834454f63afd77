import { received } from "./received.ts";

/**
 * Refuses a callback that cannot be called, as ECMAScript does: before anything is looked up.
 *
 * @throws {TypeError} If `callback` is not a function.
 */
export function checkCallback(method: string, callback: unknown): void {
  if (typeof callback === "function") return;
  throw new TypeError(`Cannot call ${method}: its callback must be a function: ${received(callback)}`);
}
