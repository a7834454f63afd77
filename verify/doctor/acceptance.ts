import type { Traits } from "../../src/concurrent_map.ts";
import { ABSENT, differences } from "../../src/equality/deep_equal.ts";
import { type Codec, UnencodableError } from "../../src/stores/codec.ts";
import { encodeKey } from "../../src/stores/key_codec.ts";
import { kindOf } from "../../src/stores/value_kinds.ts";
import type { ExaminedMap } from "./examined_map.ts";
import type { Complaint } from "./tally.ts";

const isText = (key: unknown) => typeof key === "string";

/** Whether a map with such a trait `keys` takes a key. */
const TAKES: { readonly [keys in Traits["keys"]]: (key: unknown) => boolean } = {
  "any": () => true,
  "integers": Number.isSafeInteger,
  "strings and integers": (key) => isText(key) || Number.isSafeInteger(key),
  "strings, integers and bytes": (key) => isText(key) || Number.isSafeInteger(key) || key instanceof Uint8Array,
};

const encoder = new TextEncoder();

/** What a map would do to the entries of another one, by what is known of it. It is not asked, and nothing is written. */
export class Acceptance {
  readonly #traits: Traits;
  readonly #codec: Codec<unknown> | undefined;

  constructor({ map: { traits }, codec }: ExaminedMap) {
    this.#traits = traits;
    this.#codec = codec;
  }

  /** Whether nothing is known of how the map stores values. */
  get isBlind(): boolean {
    return this.#traits.values === "copy" && this.#codec === undefined;
  }

  /** Whether the map takes a key. */
  takesKey(key: unknown): boolean {
    return this.#ofKey(key) === undefined;
  }

  /** What is wrong with an entry: with its key, and with its value. */
  complaints(key: unknown, value: unknown): Complaint[] {
    return [this.#ofKey(key), this.#ofValue(value)].filter((complaint) => complaint !== undefined);
  }

  #ofKey(key: unknown): Complaint | undefined {
    const { keys, maxKeyBytes } = this.#traits;
    if (!TAKES[keys](key)) {
      return complaint("keys", ["key is", "keys are"], `not of the kind that the new map takes: ${keys} only`, {
        advice: "Give both maps keys of such a kind before the move: a twin gives both the same key.",
      });
    }
    if (maxKeyBytes === Infinity || encodeKey("the new map", key).length <= maxKeyBytes) return undefined;
    return complaint("keys", ["key is", "keys are"], `over ${bytes(maxKeyBytes)}, the most that the new map takes`, {
      advice: "Shorten them, for instance by a hash of the key, in both maps before the move.",
    });
  }

  #ofValue(value: unknown): Complaint | undefined {
    if (this.#traits.values === "numbers" && typeof value !== "number") {
      return complaint("values", ["value is", "values are"], "no number, and the new map takes numbers only", {
        advice: "Choose another map, or keep these entries elsewhere.",
      });
    }
    return this.#codec === undefined ? undefined : this.#ofEncoded(value, this.#codec);
  }

  #ofEncoded(value: unknown, codec: Codec<unknown>): Complaint | undefined {
    const { maxValueBytes } = this.#traits;
    let encoded: string | Uint8Array;
    try {
      encoded = codec.encode(value);
    } catch (error) {
      return refused(error);
    }
    const length = typeof encoded === "string" ? encoder.encode(encoded).length : encoded.length;
    if (length > maxValueBytes) {
      const most = `over ${bytes(maxValueBytes)}, the most that the new map takes`;
      return complaint("values", ["value is", "values are"], most, {
        advice: "Make them smaller, choose a more compact codec, or keep these entries elsewhere.",
      });
    }
    try {
      return changed(value, codec.decode(encoded));
    } catch {
      return complaint("values", ["value", "values"], "cannot be decoded again by the codec of the new map", {
        advice: "Correct the codec, or choose another one.",
      });
    }
  }
}

function refused(error: unknown): Complaint {
  if (error instanceof UnencodableError) {
    const held = error.path === "" ? ["value is", "values are"] as const : ["value holds", "values hold"] as const;
    return complaint("values", held, `${error.what}, which the codec of the new map does not take`, {
      advice: "Leave it out, replace it by what the codec takes, or choose another codec.",
      path: error.path,
    });
  }
  return complaint("values", ["value is", "values are"], "refused by the codec of the new map", {
    advice: "Change them, correct the codec, or choose another one.",
  });
}

/** What the codec has made of a value, if it is not equal to it. */
function changed(value: unknown, decoded: unknown): Complaint | undefined {
  const [first] = differences(value, decoded, 1);
  if (first === undefined) return undefined;
  const [from, to] = [nameOf(first.old), nameOf(first.new)];
  const how = from === to ? `: ${from} comes back changed` : `: ${from} comes back as ${to}`;
  return complaint("values", ["value does", "values do"], `not come back as set${how}`, {
    advice: "Choose another codec, or change the values before the move.",
  });
}

function nameOf(part: unknown): string {
  if (part === ABSENT) return "nothing";
  const isOrdinary = typeof part === "number" && Number.isFinite(part) && !Object.is(part, -0);
  return isOrdinary ? "a number" : kindOf(part);
}

function complaint(
  check: Complaint["check"],
  [one, many]: readonly [one: string, many: string],
  text: string,
  rest: Pick<Complaint, "advice" | "path">,
): Complaint {
  return { check, text: { one: `${one} ${text}`, many: `${many} ${text}` }, ...rest };
}

function bytes(length: number): string {
  return `${length.toLocaleString("en")} B`;
}
