/** Seeds that give `1` and `"1"` different hashes. */
const STRING = 0x2f0b4c35;
const NUMBER = 0x51ab3c9d;
const NOT_A_NUMBER = 0x3c6ef372;
const BIGINT = 0x6c8e9cf5;
const SYMBOL = 0x1b873593;
const OBJECT = 0x7feb352d;

const double = new Float64Array(1);
const doubleWords = new Int32Array(double.buffer);

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

/**
 * A hash of `key`: a signed 32-bit integer, equal for keys that `Map` treats as equal.
 *
 * Strings, numbers, bigints, booleans, `null` and `undefined` have the same hash in every process and on every runtime;
 * objects and functions are hashed by identity, symbols by their description. O(length) for strings and bigints, else
 * O(1).
 */
export function keyHash(key: unknown): number {
  switch (typeof key) {
    case "string":
      return stringHash(key, STRING);
    case "number":
      return numberHash(key);
    case "bigint":
      return stringHash(key.toString(36), BIGINT);
    case "symbol":
      return stringHash(key.description ?? "", SYMBOL);
    case "boolean":
      return key ? 0x4cf5ad43 : 0x2745937f;
    case "undefined":
      return 0x165667b1;
    default:
      return key === null ? 0x38495ab5 : identityHash(key as object);
  }
}

/** Derives a hash from another one; those of different salts are independent. MurmurHash3's finalizer. */
export function mixHash(hash: number, salt: number): number {
  let mixed = hash ^ salt;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** The inverse of {@link mixHash}. */
export function unmixHash(mixed: number, salt: number): number {
  let hash = mixed ^ (mixed >>> 16);
  hash = Math.imul(hash, 0x7ed1b41d);
  hash = Math.imul(hash ^ (hash >>> 13) ^ (hash >>> 26), 0xa5cb9243);
  return hash ^ (hash >>> 16) ^ salt;
}

/** Takes two code units for each multiplication, since the chain of multiplications takes most of the time. */
function stringHash(text: string, seed: number): number {
  const { length } = text;
  let hash = seed ^ length;
  let i = 1;
  for (; i < length; i += 2) {
    hash = Math.imul(hash ^ text.charCodeAt(i - 1) ^ (text.charCodeAt(i) << 16), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  if (i === length) hash = Math.imul(hash ^ text.charCodeAt(i - 1), 0x9e3779b1);
  return mixHash(hash, 0);
}

function numberHash(key: number): number {
  if (key === (key | 0)) return mixHash(key, NUMBER);
  // NaN has many bit patterns, and a typed array may keep them.
  if (key !== key) return NOT_A_NUMBER;
  double[0] = key;
  const [low = 0, high = 0] = doubleWords;
  return mixHash(mixHash(low, NUMBER) ^ high, NUMBER);
}

function identityHash(key: object): number {
  let identity = identities.get(key);
  if (identity === undefined) {
    identity = ++lastIdentity;
    identities.set(key, identity);
  }
  return mixHash(identity, OBJECT);
}
