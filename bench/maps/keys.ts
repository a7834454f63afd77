/** The keys that maps are measured with, and the order in which they are asked for. */
import { seededRandom } from "../../testing/seeded_random.ts";
import { Zipf } from "../../testing/zipf.ts";

export const KEY_KINDS = ["whole numbers", "strings"] as const;
export type KeyKind = typeof KEY_KINDS[number];

/** Typed where they are whole numbers, so that a loop over them does not wait for memory that no map has asked for. */
export type Keys = Int32Array | readonly string[];

/** Keys are drawn from a list of at most this length, over and over. */
const MOST_DRAWS = 1_000_000;
const LEAST_DRAWS = 65_536;

/**
 * So many different keys: whole numbers of 31 bits in no order, or strings of 13 characters, each a string of its own as one
 * that came in by a request is. A longer list begins with the shorter ones.
 */
export function makeKeys(kind: KeyKind, count: number): Keys {
  if (kind === "whole numbers") return Int32Array.from({ length: count }, (_, index) => scattered(index));
  return JSON.parse(JSON.stringify(
    Array.from({ length: count }, (_, index) => `user:${scattered(index).toString(16).padStart(8, "0")}`),
  ));
}

/** Keys out of the first `entries`, by chance: all alike, or by Zipf's law with the exponent 1. */
export function drawKeys(keys: Keys, entries: number, byZipf: boolean): Keys {
  const random = seededRandom(1);
  const ranks = new Zipf(byZipf ? entries : 1, 1, random);
  const draw = () => byZipf ? spread(ranks.next() - 1, entries) : Math.floor(random() * entries);
  const length = Math.min(MOST_DRAWS, Math.max(LEAST_DRAWS, entries));
  return pick(keys, Array.from({ length }, draw));
}

/** Some of the first `entries` keys, each once, in an order that has nothing to do with that of the list. */
export function spreadKeys(keys: Keys, entries: number, count: number): Keys {
  return pick(keys, Array.from({ length: count }, (_, index) => spread(index, entries)));
}

function pick(keys: Keys, places: readonly number[]): Keys {
  if (keys instanceof Int32Array) return Int32Array.from(places, (place) => keys[place] as number);
  return places.map((place) => keys[place] as string);
}

/** Another place for each place, where `entries` is a power of ten: that has no divisor in common with the step. */
function spread(index: number, entries: number): number {
  return (index * 7_654_321 + 1_234_567) % entries;
}

/** Another number of 31 bits for each number of 31 bits, as each step can be undone. */
function scattered(index: number): number {
  let mixed = Math.imul(index ^ (index >>> 16), 0x85ebca6b) & 0x7fffffff;
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) & 0x7fffffff;
  return mixed ^ (mixed >>> 16);
}
