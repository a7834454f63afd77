import { countProperties, hiddenProperty, isPlainArray, isPlainObject, kindOf, pathStep } from "./value_kinds.ts";

/** A part of a value that JSON would change or leave out. */
export interface Loss {
  /** How the value leads to it; empty if it is the value itself. */
  readonly path: string;
  readonly what: string;
}

/** The first part of a value that JSON would change or leave out, if there is one. */
export function lossByJson(value: unknown): Loss | undefined {
  return lossIn(value, []);
}

function lossIn(value: unknown, ancestors: object[]): Loss | undefined {
  if (isKept(value)) return undefined;
  return typeof value === "object" ? lossInObject(value as object, ancestors) : { path: "", what: kindOf(value) };
}

/** Whether a value is a primitive that JSON keeps. */
function isKept(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  return typeof value === "string" || typeof value === "boolean" || value === null;
}

function lossInObject(value: object, ancestors: object[]): Loss | undefined {
  if (ancestors.includes(value)) return { path: "", what: "an object that contains itself" };
  ancestors.push(value);
  const loss = isPlainArray(value)
    ? lossInArray(value, ancestors)
    : isPlainObject(value)
    ? lossInProperties(value as Record<string, unknown>, ancestors)
    : { path: "", what: kindOf(value) };
  ancestors.pop();
  return loss;
}

function lossInArray(array: readonly unknown[], ancestors: object[]): Loss | undefined {
  // Each element and `length`: if there are more or fewer, some are missing, or there are other properties.
  if (Reflect.ownKeys(array).length !== array.length + 1) {
    const hidden = hiddenProperty(array);
    if (hidden !== undefined) return { path: pathStep(hidden), what: "a property of an array" };
  }
  for (let at = 0; at < array.length; at++) {
    const element = array[at];
    if (isKept(element)) continue;
    const loss = lossIn(element, ancestors);
    if (loss === undefined) continue;
    return { path: pathStep(at) + loss.path, what: Object.hasOwn(array, at) ? loss.what : "missing" };
  }
  return undefined;
}

function lossInProperties(object: Record<string, unknown>, ancestors: object[]): Loss | undefined {
  const keys = Object.keys(object);
  if (countProperties(object) !== keys.length) {
    return { path: pathStep(hiddenProperty(object) as string), what: "a hidden property" };
  }
  for (const key of keys) {
    const value = object[key];
    if (isKept(value)) continue;
    const loss = lossIn(value, ancestors);
    if (loss !== undefined) return { path: pathStep(key) + loss.path, what: loss.what };
  }
  return undefined;
}
