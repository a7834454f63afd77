import { StageError } from "./stage_error.ts";
import { neighbours, nextTowards, type Side, type Stage, STAGES } from "./stage.ts";

/** Where a twin is: its stage, and the percentage of keys that the new map answers for. */
export interface Position {
  /** The stage. */
  readonly stage: Stage;
  /** The percentage of keys that the new map answers for, 0 to 100. */
  readonly percent: number;
}

/**
 * Which sides are known to hold everything: each entry there is, whenever it was written. The side that answers does; the
 * other one does if both have been written since it did, or since a backfill or a clean sweep, and it missed no write since.
 */
export type HoldsAll = { readonly [side in Side]: boolean };

/** What a move depends on. */
export interface MoveConditions {
  readonly holdsAll: HoldsAll;
  /** The side that is known to lack entries. */
  readonly lacking: Side | undefined;
  /** What the gate is missing, a phrase each; empty if it passes. */
  readonly gate: () => readonly string[];
  /** Whether a backfill is under way. */
  readonly backfilling: boolean;
  /** How many keys wait to be copied again, since a write to them failed or may still take effect. */
  readonly journaled: number;
}

/** What a move is missing. */
export interface Missing {
  /** What no one can go past, a phrase each. */
  readonly firm: readonly string[];
  /** What `force` goes past, a phrase each. */
  readonly evidence: readonly string[];
}

/**
 * What is missing before `to` may follow `from`.
 *
 * A stage moves to a neighbour only, forwards or back. Where the new map comes to answer more keys, and where the old one is
 * given up, the gate must pass. Where the old map comes to answer more, it must hold everything: `force` goes past that only
 * where nothing is known of it.
 */
export function missingFor(from: Position, to: Position, conditions: MoveConditions): Missing {
  const isSame = from.stage === to.stage;
  if (!isSame && !neighbours(from.stage).includes(to.stage)) {
    return { firm: [`the stage ${nextTowards(from.stage, to.stage)}`], evidence: [] };
  }
  const firm: string[] = [];
  const evidence: string[] = [];
  if (!isSame && conditions.backfilling && STAGES[to.stage].mirrors) {
    firm.push("the running backfill must end");
  }
  const mirrorsAnew = STAGES[to.stage].mirrors && !STAGES[from.stage].mirrors;
  if (conditions.journaled > 0 && (mirrorsAnew || to.percent !== from.percent)) {
    firm.push(`${conditions.journaled} keys must be copied again, since writes to them failed`);
  }
  const goesBack = to.percent < from.percent || (from.stage === "rampdown" && to.stage === "live");
  if (goesBack && !conditions.holdsAll.old) {
    if (conditions.lacking === "old") firm.push("a backfill from the new map to the old one must finish");
    else evidence.push("a clean sweep, or backfill({ from }), must show that the old map holds everything");
  }
  const givesUpOld = from.stage === "rampdown" && to.stage === "complete";
  const ramps = from.stage === "live" && to.stage === "rampdown";
  const asksGate = to.percent > from.percent || ramps || givesUpOld;
  if (asksGate) evidence.push(...conditions.gate());
  return { firm, evidence };
}

/**
 * Checks that nothing is missing that a move needs.
 *
 * @param isForced Whether it goes past the evidence.
 * @returns The evidence that is missing nevertheless.
 * @throws {StageError} If something is.
 */
export function checkMissing(
  from: Stage,
  to: Stage,
  { firm, evidence }: Missing,
  isForced: boolean,
): readonly string[] {
  const action = `move from ${from} to ${to}`;
  if (firm.length > 0 && to !== from && !neighbours(from).includes(to)) {
    throw new StageError(action, `go through ${nextTowards(from, to)} first`, firm);
  }
  const missing = isForced ? firm : [...firm, ...evidence];
  if (missing.length > 0) throw new StageError(action, missing.join("; "), missing);
  return evidence;
}

/**
 * The sides that a backfill copies from and to.
 *
 * @param named The side to copy from; `undefined` for the one that answers.
 * @param lacking The side that is known to lack entries. To copy it would delete them from the other one too, so it must
 * answer: then nobody reads them any more.
 * @throws {StageError} If both sides answer and none is named, or if the named one lacks entries.
 */
export function sidesOf(stage: Stage, named: Side | undefined, lacking: Side | undefined): { from: Side; to: Side } {
  const { answers } = STAGES[stage];
  const from = named ?? answers;
  if (from === "split") throw new StageError(`backfill at ${stage}`, "say which map to copy from", ["the option from"]);
  const to = from === "old" ? "new" : "old";
  if (from === answers || from !== lacking) return { from, to };
  const missing = [`a backfill from the ${to} map, or a clean sweep`];
  throw new StageError(`backfill from ${from}`, `the ${from} map lacks entries; missing: ${missing}`, missing);
}

/**
 * Which sides hold everything after a move. Where only one side was, or will be, written, only that side does. But if the side
 * that answers is empty when both begin to be written, the other one lacks nothing.
 *
 * On the way back from the new side, the old one must be empty too: no sweep would find what it still holds before it answers.
 *
 * @param isEmpty Tells whether a side is empty.
 */
export function holdsAllAfter(from: Stage, to: Stage, holdsAll: HoldsAll, isEmpty: (side: Side) => boolean): HoldsAll {
  if (!STAGES[to].mirrors) return holdsAllAt(to);
  if (STAGES[from].mirrors) return holdsAll;
  const { old, new: isNew } = holdsAllAt(from);
  const both = isEmpty("old") && (old || isEmpty("new"));
  return { old: old || both, new: isNew || both };
}

/**
 * Which sides are known to hold everything where a twin begins. Where both are written and the new one answers some keys, that is
 * neither: after a restart, either may be empty.
 */
export function holdsAllAtStart({ stage, percent }: Position): HoldsAll {
  return STAGES[stage].mirrors ? { old: percent === 0, new: false } : holdsAllAt(stage);
}

/** Which sides hold everything where one alone is written. */
export function holdsAllAt(stage: Stage): HoldsAll {
  const { answers } = STAGES[stage];
  return { old: answers !== "new", new: answers === "new" };
}

/** The percentage of keys that the new map answers for at a stage where it is always the same. */
export function percentAt(stage: Stage): number {
  return STAGES[stage].answers === "new" ? 100 : 0;
}
