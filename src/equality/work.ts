import type { PathSegment } from "./path.ts";

/**
 * Work on one object that pauses when its steps are used up. It may yield two objects: then it is told whether they are
 * equal. It may return work to go on with.
 */
export type Work = Generator<readonly [object, object] | undefined, Work | undefined | void, boolean>;

/** A comparison that is under way, as the work on one object sees it. */
export interface Ongoing {
  /**
   * How many steps are left before the next pause. One step is one property, element, key or member, or so much of what
   * is faster to compare.
   */
  left: number;
  /** Whether enough is known. */
  readonly isEnded: boolean;
  /** Whether the places are wanted at which the values differ, and not only whether they differ. */
  readonly locates: boolean;
  /** Compares a part of the two objects, at once or later. */
  compare(a: unknown, b: unknown, kind: PathSegment["kind"], key: unknown): void;
}

/**
 * Compares a stretch of indexes: at once if the steps suffice, otherwise piece by piece.
 *
 * @param aStep How many of them take one step.
 * @param compare Compares those from `from` to `to`.
 * @returns The work that is left.
 */
export function compareStretch(
  ongoing: Ongoing,
  length: number,
  aStep: number,
  compare: (from: number, to: number) => void,
): Work | undefined {
  const steps = Math.ceil(length / aStep);
  if (steps > ongoing.left) return inPieces(ongoing, length, aStep, compare);
  ongoing.left -= steps;
  compare(0, length);
}

function* inPieces(
  ongoing: Ongoing,
  length: number,
  aStep: number,
  compare: (from: number, to: number) => void,
): Work {
  for (let at = 0; at < length && !ongoing.isEnded;) {
    if (ongoing.left <= 0) yield;
    const to = Math.min(length, at + Math.max(1, Math.floor(ongoing.left * aStep)));
    ongoing.left -= Math.ceil((to - at) / aStep);
    compare(at, to);
    at = to;
  }
}
