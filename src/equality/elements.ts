import { ABSENT } from "./absent.ts";
import { compareStretch, type Ongoing, type Work } from "./work.ts";
import { bytesOf } from "../inspection/object_content.ts";

/** How many bytes are compared in one step. */
const BYTES_A_STEP = 16;

/** Compares two arrays, and returns the work that is left. */
export function compareArrays(ongoing: Ongoing, a: readonly unknown[], b: readonly unknown[]): Work | undefined {
  if (a.length !== b.length) ongoing.compare(a.length, b.length, "property", "length");
  const length = Math.min(a.length, b.length);
  if (length > ongoing.left) return compareLongArrays(ongoing, a, b, length);
  const stop = compareElements(ongoing, a, b, 0, length);
  if (stop < length) return compareSparse(ongoing, a, b, stop, length);
  ongoing.left -= length;
}

function* compareLongArrays(ongoing: Ongoing, a: readonly unknown[], b: readonly unknown[], length: number): Work {
  for (let at = 0; at < length && !ongoing.isEnded;) {
    if (ongoing.left <= 0) yield;
    const to = Math.min(length, at + Math.max(1, ongoing.left));
    const stop = compareElements(ongoing, a, b, at, to);
    if (stop < to) return compareSparse(ongoing, a, b, stop, length);
    ongoing.left -= to - at;
    at = to;
  }
}

/** Compares elements up to the first one that both arrays lack, and returns where it stopped. */
function compareElements(
  ongoing: Ongoing,
  a: readonly unknown[],
  b: readonly unknown[],
  from: number,
  to: number,
): number {
  for (let i = from; i < to && !ongoing.isEnded; i++) {
    const x = a[i];
    const y = b[i];
    if (x !== undefined && y !== undefined) ongoing.compare(x, y, "index", i);
    else if (Object.hasOwn(a, i) || Object.hasOwn(b, i)) ongoing.compare(elementOf(a, i), elementOf(b, i), "index", i);
    else return i;
  }
  return to;
}

/** Where there is one hole there may be millions, so that from there on only existing elements are visited. */
function compareSparse(
  ongoing: Ongoing,
  a: readonly unknown[],
  b: readonly unknown[],
  hole: number,
  end: number,
): Work | undefined {
  const indexes = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  // To list many indexes takes long: the next step comes after a pause.
  if (indexes.length > ongoing.left) ongoing.left = 0;
  return compareStretch(ongoing, indexes.length, 1, (from, to) => {
    for (let at = from; at < to && !ongoing.isEnded; at++) {
      const i = Number(indexes[at]);
      if (i > hole && i < end) ongoing.compare(elementOf(a, i), elementOf(b, i), "index", i);
    }
  });
}

function elementOf(array: readonly unknown[], index: number): unknown {
  return Object.hasOwn(array, index) ? array[index] : ABSENT;
}

/** Compares two typed arrays of the same class, and returns the work that is left. Equal bytes are equal elements. */
export function compareTypedArrays(ongoing: Ongoing, a: Uint8Array, b: Uint8Array): Work | undefined {
  if (a.length !== b.length) ongoing.compare(a.length, b.length, "property", "length");
  const length = Math.min(a.length, b.length);
  if (length === 0) return;
  const [aBytes, bBytes, size] = [bytesOf(a), bytesOf(b), a.BYTES_PER_ELEMENT];
  return compareStretch(ongoing, length, BYTES_A_STEP / size, (from, to) => {
    for (let i = from; i < to && !ongoing.isEnded; i++) {
      i = Math.floor(firstDifferentByte(aBytes, bBytes, i * size, to * size) / size);
      if (i < to) ongoing.compare(a[i], b[i], "index", i);
    }
  });
}

/** The first index at which two arrays of bytes differ; `to` if they are the same up to there. */
function firstDifferentByte(a: Uint8Array, b: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && a[at] === b[at]) at++;
  return at;
}
