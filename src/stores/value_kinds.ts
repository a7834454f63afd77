import { objectKind } from "../object_kind.ts";

/** What a value is, as errors call it. */
export function kindOf(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (value === undefined || value === null) return String(value);
  return typeof value === "object" ? objectKind(value) : `a ${typeof value}`;
}

/** Whether a value is an object as `{}` makes it, in whatever realm. */
export function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return true;
  return prototype !== null && Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

/** Whether a value is an array as `[]` makes it, in whatever realm: `Array.prototype` is an array, that of a subclass isn't. */
export function isPlainArray(value: object): value is unknown[] {
  if (!Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Array.prototype || Array.isArray(prototype);
}

/** How a path continues to a property or an element. */
export function pathStep(key: string | number): string {
  if (typeof key === "number") return `[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** How many properties an object has of its own, hidden ones included. `Reflect.ownKeys` takes twice as long on V8, but not for arrays. */
export function countProperties(object: object): number {
  return Object.getOwnPropertyNames(object).length + Object.getOwnPropertySymbols(object).length;
}

/** The first property of an object that is not part of what it is: of an array, say, one that is not an element. */
export function hiddenProperty(object: object): string | undefined {
  return Reflect.ownKeys(object).find((key) => typeof key === "symbol" || !isVisible(object, key))?.toString();
}

function isVisible(object: object, key: string): boolean {
  if (Array.isArray(object)) return key === "length" || String(Number(key) >>> 0) === key;
  if (object instanceof RegExp) return key === "lastIndex";
  const isRecord = Object.getPrototypeOf(object) === null || isPlainObject(object);
  return isRecord && Object.prototype.propertyIsEnumerable.call(object, key);
}
