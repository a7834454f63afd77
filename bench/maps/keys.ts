/** The keys that maps are measured with, and the order in which they are read. */
import { seededRandom } from "../../testing/seeded_random.ts";
import { Zipf } from "../../testing/zipf.ts";

export const KEY_KINDS = ["whole numbers", "strings"] as const;
export type KeyKind = typeof KEY_KINDS[number];

/** Whole numbers are in a typed array, so that a loop over them does not wait for memory that no map uses. */
export type Keys = Int32Array | readonly string[];

/** Keys are drawn from a list of at most this length, over and over. */
const MOST_DRAWS = 1_000_000;
const LEAST_DRAWS = 65_536;

/**
 * Returns `count` different keys: whole numbers of 31 bits in no order, or strings of 13 characters, each its own
 * string, like a key parsed from a request. A longer list begins with the shorter ones.
 */
export function makeKeys(kind: KeyKind, count: number): Keys {
  if (kind === "whole numbers") return Int32Array.from({ length: count }, (_, index) => scattered(index));
  return JSON.parse(JSON.stringify(
    Array.from({ length: count }, (_, index) => `user:${scattered(index).toString(16).padStart(8, "0")}`),
  ));
}

/** Draws keys at random from the first `entries`: all equally likely, or by Zipf's law with the exponent 1. */
export function drawKeys(keys: Keys, entries: number, byZipf: boolean): Keys {
  const random = seededRandom(1);
  const ranks = new Zipf(byZipf ? entries : 1, 1, random);
  const draw = () => byZipf ? spread(ranks.next() - 1, entries) : Math.floor(random() * entries);
  const length = Math.min(MOST_DRAWS, Math.max(LEAST_DRAWS, entries));
  return pick(keys, Array.from({ length }, draw));
}

/** Returns `count` of the first `entries` keys, each once, in an order unrelated to the list's. */
export function spreadKeys(keys: Keys, entries: number, count: number): Keys {
  return pick(keys, Array.from({ length: count }, (_, index) => spread(index, entries)));
}

function pick(keys: Keys, places: readonly number[]): Keys {
  if (keys instanceof Int32Array) return Int32Array.from(places, (place) => keys[place] as number);
  return places.map((place) => keys[place] as string);
}

/** Permutes the places. `entries` must be a power of ten, which has no divisor in common with the step. */
function spread(index: number, entries: number): number {
  return (index * 7_654_321 + 1_234_567) % entries;
}

/** Permutes the numbers of 31 bits: each step can be undone. */
function scattered(index: number): number {
  let mixed = Math.imul(index ^ (index >>> 16), 0x85ebca6b) & 0x7fffffff;
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) & 0x7fffffff;
  return mixed ^ (mixed >>> 16);
}
