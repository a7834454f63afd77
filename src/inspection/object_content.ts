import { TYPED_ARRAYS } from "../typed_arrays.ts";

/** What an object holds beside its properties: a kind of content, or a function that returns it as one primitive. */
export type Content = "elements" | "bytes" | "entries" | "members" | "error" | ((object: object) => unknown);

const typedArrayPrototype: object = Object.getPrototypeOf(Uint8Array.prototype);

/** What the instances of the built-in classes hold, by prototype. */
const CONTENTS: ReadonlyMap<object, Content> = new Map<object, Content>([
  [Array.prototype, "elements"],
  [typedArrayPrototype, "elements"],
  [ArrayBuffer.prototype, "bytes"],
  // A browser has it on isolated pages only.
  [(typeof SharedArrayBuffer === "function" ? SharedArrayBuffer : ArrayBuffer).prototype, "bytes"],
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

/**
 * The built-in prototypes of this realm, by the source text of their constructor. It says `[native code]`, which no class
 * that is written in JavaScript can say.
 */
const BUILT_IN: ReadonlyMap<string, object> = new Map([
  Object.prototype,
  ...CONTENTS.keys(),
  ...[
    ...TYPED_ARRAYS,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
    AggregateError,
  ].map(({ prototype }) => prototype),
].map((prototype) => [sourceText(prototype.constructor), prototype]));

/** The same prototype in this realm, if it is that of a built-in class of another realm; else the prototype itself. */
export function homePrototype<P extends object | null>(prototype: P): P | object {
  if (prototype === null || prototype === Object.prototype || CONTENTS.has(prototype)) return prototype;
  const made = ownValue(prototype, "constructor");
  const home = typeof made === "function" ? BUILT_IN.get(sourceText(made)) : undefined;
  return home !== undefined && ownValue(made as object, "prototype") === prototype ? home : prototype;
}

/** What an instance of the class holds whose prototype this is, if that class is built in; its ancestors are not asked. */
export function ownContentOf(prototype: object): Content | undefined {
  return CONTENTS.get(homePrototype(prototype));
}

/** What an object of this prototype holds, by the nearest built-in class; `undefined` if its properties are all it has. */
export function contentOf(prototype: object): Content | undefined {
  let root = prototype;
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at)) {
    const content = CONTENTS.get(at);
    if (content !== undefined) return content;
    root = at;
  }
  if (root === Object.prototype) return undefined;
  // The chain ends in another realm, or without an `Object.prototype`.
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at)) {
    const content = ownContentOf(at);
    if (content !== undefined) return content;
  }
}

function sourceText(made: unknown): string {
  return Function.prototype.toString.call(made);
}

function ownValue(object: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}

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
export function bytesOf(buffer: ArrayBufferLike | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}
