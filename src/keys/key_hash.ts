import { halfSipHash, halfSipHashOfWord } from "./half_sip_hash.ts";
import { sipHash } from "./sip_hash.ts";

/** The hash of a key: a signed 32-bit integer, equal for keys that `Map` treats as equal. */
export type KeyHash = (key: unknown) => number;

/**
 * Give keys of different types different hashes. They are hashed as the upper word of a double is, and no double that is
 * a number has such a word.
 */
const BIGINT = 0x7ff80001;
const SYMBOL = 0x7ff80002;
const OBJECT = 0x7ff80003;
const NOT_A_NUMBER = 0x7ff80004;
const BOOLEAN = 0x7ff80005;
const UNDEFINED = 0x7ff80006;
const NULL = 0x7ff80007;

/** The two halves of a seed are SipHash of the secret with each of these behind it, under a key that is no secret. */
const SEED_HALVES = ["strings", "words"];
const PUBLIC_KEY = new Uint8Array(16);

const double = new Float64Array(1);
const doubleWords = new Int32Array(double.buffer);

const identities = new WeakMap<WeakKey, number>();
let lastIdentity = 0;

/**
 * Makes a hash of keys under a seed of its own: HalfSipHash-1-3. Whoever does not know the seed can neither predict a
 * hash nor choose keys whose hashes are alike.
 *
 * Strings, numbers, bigints, booleans, `null`, `undefined` and registered symbols are hashed by their content; objects,
 * functions and other symbols by identity. O(length) for strings and bigints, else O(1).
 *
 * @param secret What the seed is made of. All hashes made of one secret agree about keys that are hashed by content, in
 * every process and on every runtime. Without it, the seed is random: it is drawn for the first key, since some
 * platforms give out no random numbers while modules are loaded.
 */
export function makeKeyHash(secret?: string | Uint8Array): KeyHash {
  let isSeeded = false;
  // One key of HalfSipHash for strings, another one for single words. Kept in four variables, they make a short string
  // take 1.7 times as long on Node: V8 finds out each time anew that they are integers.
  const keys = new Int32Array(4);

  function seed(words: Int32Array): void {
    keys.set(words);
    isSeeded = true;
  }

  if (secret !== undefined) seed(seedOf(secret));

  const wordHash = (word: number): number => halfSipHashOfWord(keys[2] as number, keys[3] as number, word);
  const pairHash = (lower: number, upper: number): number => wordHash(wordHash(lower) ^ upper);

  return (key) => {
    if (!isSeeded) seed(crypto.getRandomValues(new Int32Array(4)));
    switch (typeof key) {
      case "string":
        return halfSipHash(keys[0] as number, keys[1] as number, key);
      case "number":
        if (key === (key | 0)) return wordHash(key);
        // NaN has many bit patterns, and a typed array may keep them.
        if (key !== key) return pairHash(0, NOT_A_NUMBER);
        double[0] = key;
        return pairHash(doubleWords[0] as number, doubleWords[1] as number);
      case "bigint":
        return pairHash(halfSipHash(keys[0] as number, keys[1] as number, key.toString(36)), BIGINT);
      case "symbol": {
        const name = Symbol.keyFor(key);
        return pairHash(
          name === undefined ? identityOf(key) : halfSipHash(keys[0] as number, keys[1] as number, name),
          SYMBOL,
        );
      }
      case "boolean":
        return pairHash(Number(key), BOOLEAN);
      case "undefined":
        return pairHash(0, UNDEFINED);
      default:
        return key === null ? pairHash(0, NULL) : pairHash(identityOf(key as object), OBJECT);
    }
  };
}

/** Derives a hash from another one; those of different salts are independent. MurmurHash3's finalizer. */
export function mixHash(hash: number, salt: number): number {
  let mixed = hash ^ salt;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Four words that depend on every part of a secret. */
function seedOf(secret: string | Uint8Array): Int32Array {
  const encoder = new TextEncoder();
  const bytes = typeof secret === "string" ? encoder.encode(secret) : secret;
  const halves = SEED_HALVES.map((half) => sipHash(PUBLIC_KEY, Uint8Array.of(...bytes, ...encoder.encode(half))));
  return Int32Array.from(halves.join("").match(/.{8}/g) ?? [], (word) => parseInt(word, 16));
}

function identityOf(key: WeakKey): number {
  let identity = identities.get(key);
  if (identity === undefined) {
    identity = ++lastIdentity;
    identities.set(key, identity);
  }
  return identity;
}
