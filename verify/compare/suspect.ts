import { sameValueZero } from "../../src/keys/same_value_zero.ts";
import type { Look } from "../pair/pair.ts";

/** Stands for the two maps as wholes, where these are what is compared: the order of the keys, and at a sweep what else callers see. */
export const WHOLE: unique symbol = Symbol("whole");

/** What is compared: a key, or the two maps as wholes. */
export type Subject<K> = K | typeof WHOLE;

/** How the comparisons of one sweep ended. */
export interface SweepTally {
  /** Comparisons that wait for a re-check. */
  suspects: number;
  diffs: number;
  late: number;
  inconclusive: number;
  /** Comparisons whose difference is explained: a side had evicted the key. */
  evicted: number;
  /** Keys that are never compared. */
  ignored: number;
}

/** A subject that looked different, or was written while it was looked at, and waits for its re-check. */
export interface Suspect<K> {
  readonly subject: Subject<K>;
  /** The operation that made the comparison due. */
  readonly operation: string;
  /** The number of the first comparison that shares the verdict. */
  readonly number: number;
  /** The tallies of the sweeps that share the verdict. */
  readonly tallies: SweepTally[];
  /** How many comparisons share the verdict. */
  comparisons: number;
  /** How often the subject has been looked at. */
  attempts: number;
  /** How many looks in a row have found the same difference, at the same version. */
  sameInRow: number;
  /** Whether a quiet look has found the sides different. */
  differed: boolean;
  /** The last look; `undefined` if it failed. */
  look: Look<K> | undefined;
  /** Whether it is being looked at. */
  isLookedAt: boolean;
  recheckAtMs: number;
}

/** A suspect that was looked at once. */
export function newSuspect<K>(
  about: Pick<Suspect<K>, "subject" | "operation" | "number" | "comparisons">,
  look: Look<K> | undefined,
  tally: SweepTally | undefined,
): Suspect<K> {
  return {
    ...about,
    tallies: tally === undefined ? [] : [tally],
    attempts: 1,
    sameInRow: 1,
    differed: isDifferent(look),
    look,
    isLookedAt: false,
    recheckAtMs: 0,
  };
}

/** `suspect` was looked at again. */
export function lookedAtAgain<K>(suspect: Suspect<K>, look: Look<K> | undefined): void {
  suspect.attempts++;
  suspect.sameInRow = confirms(look, suspect.look) ? suspect.sameInRow + 1 : 1;
  suspect.differed ||= isDifferent(look);
  suspect.look = look;
  suspect.isLookedAt = false;
}

/** Whether a look found the same difference as the one before, at the same version. */
export function confirms<K>(look: Look<K> | undefined, before: Look<K> | undefined): boolean {
  const [keys, keysBefore] = [look?.difference?.keys ?? [], before?.difference?.keys ?? []];
  return look?.version === before?.version && keys.length === keysBefore.length &&
    keys.every((key, at) => sameValueZero(key, keysBefore[at]));
}

/** Whether a look is sure to have found the sides different. */
function isDifferent<K>(look: Look<K> | undefined): boolean {
  return look?.quiet === true && look.difference !== undefined;
}
