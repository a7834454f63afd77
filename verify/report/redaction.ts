import { IDENTIFIER, rendered, typeAndSize } from "../../src/inspection/rendering.ts";
import { KeyDigest } from "../../src/keys/key_digest.ts";
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

/**
 * Makes the texts that a report shows of keys and values: bounded in length and in work, whatever they are of. Code of the
 * owner (getters, proxies, `toJSON`) is not run.
 *
 * Without `reveal`, a value is shown as its type and size, and a key or the name of a property as a {@link KeyDigest}, so that
 * equal keys have equal digests within one twin's reports, and only there. Array indexes are shown as they are.
 */
export class Redactor {
  readonly #reveal: boolean;
  readonly #digest = new KeyDigest();

  constructor(options: { readonly reveal: boolean }) {
    this.#reveal = options.reveal;
  }

  /** A key of a map. */
  key(key: unknown): string {
    return this.#reveal ? rendered(key) : this.#digest.of(key);
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
