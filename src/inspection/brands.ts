/**
 * What an object really is, whatever realm it comes from and whatever its prototype claims. No code of its owner is run.
 *
 * @module
 */

const sizeOfMap = getterOf<number>(Map.prototype, "size");
const sizeOfSet = getterOf<number>(Set.prototype, "size");
const tagOfTypedArray = getterOf<string | undefined>(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
const lengthOfBuffer = getterOf<number>(ArrayBuffer.prototype, "byteLength");
// A browser has it on isolated pages only.
const lengthOfSharedBuffer = typeof SharedArrayBuffer === "function"
  ? getterOf<number>(SharedArrayBuffer.prototype, "byteLength")
  : lengthOfBuffer;
const timeOf = Date.prototype.getTime;

/** Whether a value is a `Map`, also one of another realm. */
export function isMap(value: unknown): value is Map<unknown, unknown> {
  return isAccepted(sizeOfMap, value);
}

/** Whether a value is a `Set`. */
export function isSet(value: unknown): value is Set<unknown> {
  return isAccepted(sizeOfSet, value);
}

/** Whether a value is a `Date`. */
export function isDate(value: unknown): value is Date {
  return isAccepted(timeOf, value);
}

/** Whether a value is a typed array; a `DataView` is not. */
export function isTypedArray(value: unknown): value is Uint8Array {
  return tagOfTypedArray.call(value) !== undefined;
}

/** Whether a value is an `ArrayBuffer` or a `SharedArrayBuffer`. */
export function isBuffer(value: unknown): value is ArrayBufferLike {
  return isAccepted(lengthOfBuffer, value) || isAccepted(lengthOfSharedBuffer, value);
}

/** Whether a value is an error. An older engine has no `Error.isError`, and believes a `Symbol.toStringTag`. */
export const isError: (value: unknown) => value is Error = Reflect.get(Error, "isError") ??
  ((value: unknown) => Object.prototype.toString.call(value) === "[object Error]");

/** How many entries a map has, whatever its own `size` says. */
export function mapSize(map: Map<unknown, unknown>): number {
  return sizeOfMap.call(map);
}

/** How many members a set has, whatever its own `size` says. */
export function setSize(set: Set<unknown>): number {
  return sizeOfSet.call(set);
}

/** As much of `node:util` as is needed here. */
interface NodeUtil {
  readonly types: { isProxy(value: unknown): boolean };
}

// Only the host can tell a Proxy. A browser does not: there, its traps are run as if they were the object's own.
const host = Reflect.get(globalThis, "process") as
  | { getBuiltinModule?(name: string): NodeUtil | undefined }
  | undefined;

/** Whether a value is a `Proxy`; always `false` where the platform does not tell. */
export const isProxy: (value: unknown) => boolean = host?.getBuiltinModule?.("node:util")?.types.isProxy ??
  (() => false);

/** A method of a built-in class throws unless it is called on an instance. */
function isAccepted(method: (this: never) => unknown, value: unknown): boolean {
  try {
    (method as (this: unknown) => unknown).call(value);
    return true;
  } catch {
    return false;
  }
}

function getterOf<T>(prototype: object, name: PropertyKey): (this: unknown) => T {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get as (this: unknown) => T;
}
