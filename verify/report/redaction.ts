import { createHmac, randomBytes } from "node:crypto";
import { storedKey } from "../../src/keys/same_value_zero.ts";
import { ABSENT, type PathSegment } from "../equality/deep_equal.ts";
import { IDENTIFIER, rendered, typeAndSize } from "../../src/inspection/rendering.ts";

/** How many steps of a path are shown at most. */
const MAX_SEGMENTS = 16;

/** How many characters at either end of a text go into its digest. */
const DIGESTED_CHARACTERS = 1_000;

/** How many bits of a `bigint` go into its digest. */
const DIGESTED_BITS = 4_096;

/**
 * What a report may show: as text, bounded in length and in work, whatever it is of; code of the owner (getters, proxies,
 * `toJSON`) is not run.
 *
 * Without `reveal`, a value is its type and size. A key, and a property's name, is a digest of 48 bits under a secret that is
 * made anew for each redactor and kept nowhere: equal keys have equal digests within one twin's reports, and only there,
 * since under a secret known to several instances a guessed key could be confirmed. Array indexes stay.
 */
export class Redactor {
  readonly #reveal: boolean;
  readonly #secret = randomBytes(32);
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
    return createHmac("sha256", this.#secret).update(`${typeof key}:${this.#digested(key)}`).digest("hex").slice(0, 12);
  }

  /** What tells a key from other keys of its type, at least from those that are not as long as they are alike. */
  #digested(key: unknown): string {
    switch (typeof key) {
      case "string":
        return ends(key);
      case "symbol":
        return ends(key.description ?? "");
      case "bigint":
        return `${key < 0n ? "-" : ""}${BigInt.asUintN(DIGESTED_BITS, key).toString(36)}`;
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

function ends(text: string): string {
  if (text.length <= 2 * DIGESTED_CHARACTERS) return text;
  return `${text.length}:${text.slice(0, DIGESTED_CHARACTERS)}${text.slice(-DIGESTED_CHARACTERS)}`;
}
