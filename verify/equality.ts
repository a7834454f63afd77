/** One step on the way into a value. */
export type PathSegment =
  | { readonly kind: "property"; readonly name: string | symbol }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "key"; readonly key: unknown };

/** A place at which two values differ, with what stands there in each. */
export interface PlacedDifference {
  readonly path: readonly PathSegment[];
  readonly old: unknown;
  readonly new: unknown;
}

/** Whether two values are deeply equal: as {@link differences} finds them. */
export function isDeepEqual(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || differences(a, b, 1).length === 0;
}

/**
 * The places at which two values differ, at most `limit`.
 *
 * Primitives are compared by `Object.is`, functions and symbols by identity; objects by prototype, by own enumerable
 * properties, and by content where they are a `Map`, `Set`, `Date`, `RegExp`, `Error` or bytes. Members of a `Set` and
 * keys of a `Map` are compared as those do. Cycles end.
 */
export function differences(oldValue: unknown, newValue: unknown, limit: number): PlacedDifference[] {
  const found: PlacedDifference[] = [];
  const seen = new Map<object, Set<object>>();
  const waiting: PlacedDifference[] = [{ path: [], old: oldValue, new: newValue }];
  for (let pair = waiting.pop(); pair !== undefined && found.length < limit; pair = waiting.pop()) {
    const { old: a, new: b } = pair;
    if (Object.is(a, b)) continue;
    if (!isObject(a) || !isObject(b) || !sameShell(a, b)) {
      found.push(pair);
      continue;
    }
    if (seen.get(a)?.has(b)) continue;
    seen.set(a, (seen.get(a) ?? new Set()).add(b));
    for (const [segment, left, right] of parts(a, b)) {
      waiting.push({ path: [...pair.path, segment], old: left, new: right });
    }
  }
  return found;
}

/** Stands for a part that one of two values does not have. */
const NOTHING: unique symbol = Symbol("absent");

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Whether two objects are of one kind, and agree in what is not one of their parts. */
function sameShell(a: object, b: object): boolean {
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime());
  if (a instanceof RegExp) return String(a) === String(b) && a.lastIndex === (b as RegExp).lastIndex;
  if (a instanceof Error) return a.name === (b as Error).name && a.message === (b as Error).message;
  if (a instanceof ArrayBuffer) return sameBytes(new Uint8Array(a), new Uint8Array(b as ArrayBuffer));
  if (ArrayBuffer.isView(a)) return sameBytes(bytesOf(a), bytesOf(b as ArrayBufferView));
  if (a instanceof Number || a instanceof String || a instanceof Boolean) return Object.is(a.valueOf(), b.valueOf());
  return true;
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function* parts(a: object, b: object): Generator<[PathSegment, unknown, unknown]> {
  if (ArrayBuffer.isView(a)) return;
  if (a instanceof Map && b instanceof Map) {
    for (const key of new Set([...a.keys(), ...b.keys()])) {
      yield [{ kind: "key", key }, a.has(key) ? a.get(key) : NOTHING, b.has(key) ? b.get(key) : NOTHING];
    }
  } else if (a instanceof Set && b instanceof Set) {
    for (const key of new Set([...a, ...b])) {
      yield [{ kind: "key", key }, a.has(key) ? key : NOTHING, b.has(key) ? key : NOTHING];
    }
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) {
    yield [{ kind: "property", name: "length" }, a.length, b.length];
  }
  const names = new Set([...enumerable(a), ...enumerable(b)]);
  for (const name of names) {
    const segment: PathSegment = Array.isArray(a) && typeof name === "string" && /^\d+$/.test(name)
      ? { kind: "index", index: Number(name) }
      : { kind: "property", name };
    yield [segment, part(a, name), part(b, name)];
  }
}

function part(value: object, name: string | symbol): unknown {
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : NOTHING;
}

function enumerable(value: object): (string | symbol)[] {
  return Reflect.ownKeys(value).filter((name) => Object.prototype.propertyIsEnumerable.call(value, name));
}
