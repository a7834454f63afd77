/** What a fuzz case is made of, as data: it can be shrunk and printed. */
import type { Stage, TwinOptions } from "@twinmap/twinmap";
import type { Kind } from "./kinds.ts";

/** An operation of a caller. Key and values are places in the lists of the case's `Domain`. */
export interface Call {
  readonly act: "call";
  readonly operation: string;
  readonly key: number;
  readonly expected: number;
  readonly value: number;
  /** What its callback does before it returns; nothing if the operation calls none back. */
  readonly inner: readonly (Call | OwnersAct)[];
  /** Whether its callback throws after that. */
  readonly throws: boolean;
}

/** An action of the owner of the twin. */
export type OwnersAct =
  /** To the stage before or after, or to another percentage at `live`. */
  | { readonly act: "move"; readonly by: -1 | 0 | 1; readonly percent: number }
  | { readonly act: "sweep" | "backfill" | "settle" | "pause" | "resume" | "close" };

export type Act = Call | OwnersAct | { readonly act: "advance"; readonly ms: number };

/** How the twin judges two values: as by default, by a function of the owner, or by one that throws now and then. */
export type Equals = "default" | "own" | "throws";

export interface Case {
  readonly old: Kind;
  readonly new: Kind;
  readonly options: Pick<TwinOptions<unknown>, "mirror" | "sample" | "maxPending" | "slice">;
  readonly equals: Equals;
  /** By how much the tasks that the twin schedules are late, one after the other, and again from the first. */
  readonly lagsMs: readonly number[];
  /** What the old map holds at first: places of keys and values. */
  readonly held: readonly (readonly [key: number, value: number])[];
  /** Where the acts begin. */
  readonly from: Stage;
  readonly percent: number;
  /** The stages that the twin is moved to. */
  readonly stages: readonly Stage[];
  readonly acts: readonly Act[];
}

/** The operations that call back, each of which may be given something to do there. */
export const CALLING_BACK: readonly string[] = ["update", "getOrInsertComputed", "forEach"];

/** The stages, in order. */
export const STAGES: readonly Stage[] = ["off", "dualwrite", "shadow", "live", "rampdown", "complete"];
