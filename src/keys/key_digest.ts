import { storedKey } from "./same_value_zero.ts";
import { makeSecret, sipHash } from "./sip_hash.ts";

/** The longest text whose digest is made of all its characters: it takes about a millisecond. */
const MAX_DIGESTED_CHARACTERS = 65_536;

/** How many bits of a `bigint` go into its digest, the lowest ones. */
const DIGESTED_BITS = 65_536;

/** How many hexadecimal digits of the hash are shown. */
const DIGEST_DIGITS = 12;

/**
 * Makes the texts that stand for keys where a key must not be shown: 48 bits of SipHash-2-4 under a secret of 128 bits,
 * which is made anew for each object of this class and kept nowhere.
 *
 * - Equal keys have equal digests, and only digests of one object can be compared. Under a secret that several
 *   processes know, a guessed key could be confirmed.
 * - Different keys share a digest by chance only: among a million keys, with a probability of 0.2 %.
 * - Of a string or symbol longer than 65,536 characters, the digest is made of the length and of 32,768 characters at
 *   either end; of a `bigint`, of its sign and its lowest 65,536 bits. Keys that differ elsewhere share a digest.
 * - Objects and functions are told apart by identity, symbols by their description.
 */
export class KeyDigest {
  readonly #secret = makeSecret();
  readonly #identities = new WeakMap<object, number>();
  #lastIdentity = 0;

  /** The digest of a key: 12 hexadecimal digits. */
  of(key: unknown): string {
    return sipHash(this.#secret, utf16(`${typeof key}:${this.#digested(key)}`)).slice(0, DIGEST_DIGITS);
  }

  /** What tells a key from other keys of its type. */
  #digested(key: unknown): string {
    switch (typeof key) {
      case "string":
        return bounded(key);
      case "symbol":
        return bounded(key.description ?? "");
      case "bigint":
        return `${key < 0n ? "-" : ""}${BigInt.asUintN(DIGESTED_BITS, key).toString(16)}`;
      case "function":
        return String(this.#identity(key));
      case "object":
        return key === null ? "null" : String(this.#identity(key));
      default:
        return String(storedKey(key));
    }
  }

  #identity(key: object): number {
    const identity = this.#identities.get(key) ?? ++this.#lastIdentity;
    this.#identities.set(key, identity);
    return identity;
  }
}

let processDigest: KeyDigest | undefined;

/**
 * The digest of a key for an error of a store: under a secret of this process, so that errors about one key can be told
 * to be about the same one. Bytes are told apart by their content.
 */
export function keyDigest(key: unknown): string {
  // Some platforms give out no random numbers while modules are loaded.
  processDigest ??= new KeyDigest();
  return processDigest.of(key instanceof Uint8Array ? `bytes:${new TextDecoder("latin1").decode(key)}` : key);
}

function bounded(text: string): string {
  if (text.length <= MAX_DIGESTED_CHARACTERS) return text;
  const half = MAX_DIGESTED_CHARACTERS / 2;
  return `${text.length}:${text.slice(0, half)}${text.slice(-half)}`;
}

/** The code units of a text as bytes. UTF-8 would make all lone surrogates the same. */
function utf16(text: string): Uint8Array {
  const units = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at++) units[at] = text.charCodeAt(at);
  return new Uint8Array(units.buffer);
}
