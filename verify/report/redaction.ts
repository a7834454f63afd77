import { IDENTIFIER, rendered, typeAndSize } from "../../src/inspection/rendering.ts";
import { storedKey } from "../../src/keys/same_value_zero.ts";
import { makeSecret, sipHash } from "../../src/keys/sip_hash.ts";
import { ABSENT } from "../equality/deep_equal.ts";
import type { PathSegment } from "../equality/path.ts";

/** How many steps of a path are shown at most. */
const MAX_SEGMENTS = 16;

/** How much is shown of two values before their first difference. */
const CHARACTERS_BEFORE = 40;
const ELEMENTS_BEFORE = 2;

/** How far two strings are searched for their first difference: it takes some milliseconds. */
const MAX_SEARCHED_CHARACTERS = 2 ** 24;

/** How many characters are compared at once. */
const CHARACTERS_AT_ONCE = 4_096;

/** The longest text whose digest is made of all its characters: it takes about a millisecond. */
const MAX_DIGESTED_CHARACTERS = 65_536;

/** How many bits of a `bigint` go into its digest, the lowest ones. */
const DIGESTED_BITS = 65_536;

/** How many hexadecimal digits of the hash are shown. */
const DIGEST_DIGITS = 12;

/**
 * Makes the texts that a report shows of keys and values: bounded in length and in work, whatever they are of. Code of the
 * owner (getters, proxies, `toJSON`) is not run.
 *
 * Without `reveal`, a value is shown as its type and size, and a key or the name of a property as a digest: 48 bits of
 * SipHash-2-4 under a secret of 128 bits, which is made anew for each redactor and kept nowhere.
 *
 * - Equal keys have equal digests within one twin's reports, and only there. Under a secret that several instances know,
 *   a guessed key could be confirmed.
 * - Different keys share a digest by chance only: among a million keys, with a probability of 0.2 %.
 * - Of a string or symbol longer than 65,536 characters, the digest is made of the length and of 32,768 characters at
 *   either end; of a `bigint`, of its sign and its lowest 65,536 bits. Keys that differ elsewhere share a digest.
 * - Objects and functions are told apart by identity, symbols by their description.
 * - Array indexes are shown as they are.
 */
export class Redactor {
  readonly #reveal: boolean;
  readonly #secret = makeSecret();
  readonly #identities = new WeakMap<object, number>();
  #lastIdentity = 0;

  constructor(options: { readonly reveal: boolean }) {
    this.#reveal = options.reveal;
  }

  /** A key of a map. */
  key(key: unknown): string {
    return this.#reveal ? rendered(key) : this.#digest(key);
  }

  /** A value, or {@link ABSENT}. */
  value(value: unknown): string {
    if (value === ABSENT) return "absent";
    return this.#reveal ? rendered(value) : typeAndSize(value);
  }

  /**
   * Two values that differ. If their texts are the same because they are cut, those of two strings, arrays or buffers begin
   * shortly before the first difference instead.
   *
   * @param index The index of the first element that differs.
   */
  values(oldValue: unknown, newValue: unknown, index = 0): { readonly old: string; readonly new: string } {
    const texts = { old: this.value(oldValue), new: this.value(newValue) };
    if (!this.#reveal || texts.old !== texts.new) return texts;
    const from = typeof oldValue === "string" && typeof newValue === "string"
      ? firstDifferentCharacter(oldValue, newValue) - CHARACTERS_BEFORE
      : index - ELEMENTS_BEFORE;
    return from <= 0 ? texts : { old: rendered(oldValue, from), new: rendered(newValue, from) };
  }

  /** The way to a part of a value. */
  path(segments: readonly PathSegment[]): string {
    const shown = segments.slice(0, MAX_SEGMENTS).map((segment) => this.#segment(segment)).join("");
    return segments.length > MAX_SEGMENTS ? `${shown}…` : shown;
  }

  #segment({ kind, key }: PathSegment): string {
    if (kind === "index") return `[${key}]`;
    if (kind !== "property") return `{${this.key(key)}}`;
    if (this.#reveal && typeof key === "string" && IDENTIFIER.test(key)) return `.${key}`;
    return `[${this.key(key)}]`;
  }

  #digest(key: unknown): string {
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

/** The index of the first character that differs; 0 if it is too far away. */
function firstDifferentCharacter(a: string, b: string): number {
  const chunk = (text: string, at: number) => text.slice(at, at + CHARACTERS_AT_ONCE);
  let at = 0;
  while (at < MAX_SEARCHED_CHARACTERS && chunk(a, at) === chunk(b, at)) at += CHARACTERS_AT_ONCE;
  if (at === MAX_SEARCHED_CHARACTERS) return 0;
  while (a[at] === b[at]) at++;
  return at;
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
