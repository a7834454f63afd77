/** What an object holds that is not in its properties: one of the kinds above, or a primitive that stands for it all. */
export type Content = "elements" | "bytes" | "entries" | "members" | "error" | ((object: object) => unknown);

/** The content of an object, by the prototype that brings it. */
export const CONTENTS: Map<object, Content> = new Map<object, Content>([
  [Array.prototype, "elements"],
  [Object.getPrototypeOf(Uint8Array.prototype), "elements"],
  [ArrayBuffer.prototype, "bytes"],
  [DataView.prototype, "bytes"],
  [Map.prototype, "entries"],
  [Set.prototype, "members"],
  [Error.prototype, "error"],
  [Date.prototype, (date) => Date.prototype.getTime.call(date)],
  [RegExp.prototype, (regExp) => `${regExp} at ${(regExp as RegExp).lastIndex}`],
  [URL.prototype, (url) => (url as URL).href],
  [URLSearchParams.prototype, (params) => `${params}`],
  [Number.prototype, (boxed) => Number.prototype.valueOf.call(boxed)],
  [String.prototype, (boxed) => String.prototype.valueOf.call(boxed)],
  [Boolean.prototype, (boxed) => Boolean.prototype.valueOf.call(boxed)],
  [Symbol.prototype, (boxed) => Symbol.prototype.valueOf.call(boxed)],
  [BigInt.prototype, (boxed) => BigInt.prototype.valueOf.call(boxed)],
]);
// A browser has it on isolated pages only.
if (typeof SharedArrayBuffer === "function") CONTENTS.set(SharedArrayBuffer.prototype, "bytes");

/** The own enumerable properties. */
export function enumerableKeys(object: object): (string | symbol)[] {
  const symbols = Object.getOwnPropertySymbols(object);
  if (symbols.length === 0) return Object.keys(object);
  return [...Object.keys(object), ...symbols.filter((symbol) => isEnumerable(object, symbol))];
}

/** Whether an own property is enumerable. */
export function isEnumerable(object: object, key: PropertyKey): boolean {
  return Object.prototype.propertyIsEnumerable.call(object, key);
}

/** The bytes of a buffer, or of the part of it that a view shows. */
export function bytesOf(buffer: ArrayBufferLike | DataView): Uint8Array {
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}
