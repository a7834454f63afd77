import type { Position } from "../stages/moves.ts";

/** What a rollout does next: go on, stay, or go back to where the old map answers. */
export type RolloutDecision = "promote" | "hold" | "back";

/**
 * `idle`: not started; `running`; `paused`: it goes on no further, but still goes back by itself; `ended`: it has come to the end of its
 * plan, or was stopped.
 */
export type RolloutState = "idle" | "running" | "paused" | "ended";

/** A step of the plan, as the report shows it. */
export interface ReportedStep extends Position {
  /** Whether it was left behind (`past`), the twin is there (`current`), or it is to come (`ahead`). */
  readonly place: "past" | "current" | "ahead";
  /** For how many milliseconds the twin stays there at least. */
  readonly holdMs: number;
  /** Whether somebody must confirm before the twin comes there. */
  readonly confirm: boolean;
}

/** Something that a rollout did, or somebody did to it. */
export interface RolloutRecord extends Position {
  /** When, ISO 8601 in UTC. */
  readonly at: string;
  /**
   * `start`, `pause`, `resume`, `confirm`, `end`; `move`: to the next position; `force`: there, past the gate; `back`: to where the old
   * map answers.
   */
  readonly kind: "start" | "pause" | "resume" | "confirm" | "move" | "force" | "back" | "end";
  /** Who or what did it: `plan`, or who gave the reason. */
  readonly by: string;
  /** Why. */
  readonly why: string;
  /** Whether it was only said, not done, as in a dry run. */
  readonly dryRun: boolean;
}

/** {@link RolloutRecord} as it is told. */
export interface RolloutEvent extends RolloutRecord {
  /** The name of the twin. */
  readonly twin: string;
}

/** A rollout at one moment. */
export interface ReportedRollout {
  /** Whether it runs. */
  state: RolloutState;
  /** Whether it decides and reports only. */
  dryRun: boolean;
  /** The plan. */
  steps: ReportedStep[];
  /** What it does next. */
  decision: RolloutDecision;
  /** Why, a phrase each. */
  reasons: string[];
  /** In how many milliseconds the next move can come at the earliest: `null` if that is not known. */
  leastMs: number | null;
  /** Whether the old map can take over again without losing anything, and since when or why not. */
  wayBack: { safe: boolean; since: string | null; why: string };
  /** How often it has gone back by itself. */
  returns: number;
  /** What was done, the newest first. */
  history: RolloutRecord[];
}
