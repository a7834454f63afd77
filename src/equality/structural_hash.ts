import { bytesOf, contentOf, enumerableKeys } from "../inspection/object_content.ts";
import { makeKeyHash, mixHash } from "../keys/key_hash.ts";
import { COLLECTIONS } from "./collections.ts";

/** Nobody who chooses values can choose their hashes, so that none share a bucket but by chance. */
const keyHash = makeKeyHash();

/** How many parts of a value go into its hash. It also bounds how deep the hash looks. */
const MAX_PARTS = 256;

/** How many characters at either end of a text go into its hash. */
const MAX_CHARACTERS = 32;

/**
 * A hash of a value by its content: a signed 32-bit integer, the same for values that are deeply equal.
 *
 * O({@link MAX_PARTS}), plus the number of the own properties of the objects that it looks at. The parts that it may look at
 * are divided among the parts of an object, so that their order does not matter; an object of more parts is hashed by their
 * number.
 */
export function structuralHash(value: unknown, maxParts: number = MAX_PARTS): number {
  if (typeof value !== "object" || value === null) return primitiveHash(value);
  if (maxParts < 1) return 0;
  const prototype = Object.getPrototypeOf(value);
  const content = prototype === null || prototype === Object.prototype ? undefined : contentOf(prototype);
  switch (content) {
    case undefined:
      return propertiesHash(value, maxParts);
    case "elements":
      return elementsHash(value as ArrayLike<unknown>, maxParts);
    case "bytes":
      return elementsHash(bytesOf(value as ArrayBuffer), maxParts);
    case "entries":
    case "members": {
      const { size, keys, get } = COLLECTIONS[content];
      const part = (key: unknown, parts: number) =>
        pairHash(structuralHash(key, parts), structuralHash(get(value, key), parts));
      return unorderedHash(keys(value), size(value), maxParts, part);
    }
    case "error":
      return pairHash(primitiveHash((value as Error).message), propertiesHash(value, maxParts));
    default:
      return pairHash(primitiveHash(content(value)), propertiesHash(value, maxParts));
  }
}

function propertiesHash(object: object, maxParts: number): number {
  const keys = enumerableKeys(object);
  const part = (key: PropertyKey, parts: number) =>
    pairHash(primitiveHash(key), structuralHash((object as Record<PropertyKey, unknown>)[key], parts));
  return unorderedHash(keys, keys.length, maxParts, part);
}

function elementsHash(elements: ArrayLike<unknown>, maxParts: number): number {
  const count = Math.min(elements.length, maxParts);
  const share = Math.floor((maxParts - 1) / count);
  let hash = ~elements.length;
  for (let i = 0; i < count; i++) hash = pairHash(hash, structuralHash(elements[i], share));
  return hash;
}

function unorderedHash<T>(
  parts: Iterable<T>,
  count: number,
  maxParts: number,
  partHash: (part: T, maxParts: number) => number,
): number {
  const share = Math.floor((maxParts - 1) / count);
  let sum = count;
  if (share >= 1) { for (const part of parts) sum = (sum + partHash(part, share)) | 0; }
  return mixHash(sum, 1);
}

function pairHash(first: number, second: number): number {
  return mixHash(mixHash(first, 1), second);
}

/** Functions are told apart by identity, which has no hash: they share one. */
function primitiveHash(value: unknown): number {
  switch (typeof value) {
    case "string":
      return value.length <= 2 * MAX_CHARACTERS
        ? keyHash(value)
        : pairHash(keyHash(value.slice(0, MAX_CHARACTERS)), keyHash(value.slice(-MAX_CHARACTERS)));
    case "bigint":
      return keyHash(BigInt.asIntN(64, value));
    case "function":
    case "object":
      return 0;
    default:
      return keyHash(value);
  }
}
