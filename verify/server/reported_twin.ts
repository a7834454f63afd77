import type { TwinReport } from "../report/report.ts";
import type { Stage } from "../stages/stage.ts";
import type { BackfillOptions, StageOptions } from "../stages/stage_options.ts";

/** What a report needs of a twin; every `TwinMap` and `AsyncTwinMap` has it. */
export interface ReportedTwin {
  /** The present report. Its `name` identifies the twin among those of the same report. */
  report(): TwinReport;
  /**
   * Moves to a stage, for control.
   *
   * @throws {StageError} If the move is not allowed; where a promise comes back, it rejects with it.
   */
  stage(name: Stage, options?: StageOptions): void | Promise<void>;
  /** Starts to compare all keys, for control; rejects with a `StageError` if that is not allowed. */
  sweep(): Promise<unknown>;
  /** Starts to copy entries, for control; rejects with a `StageError` if that is not allowed. */
  backfill(options?: BackfillOptions): Promise<unknown>;
  /** Moves back to where the old map answers, for control; rejects with a `StageError` if that is not allowed. */
  back(why: string): Promise<unknown>;
  /** Begins a new episode of counting, for control. */
  reset(why: string): void;
  /** Pauses the running sweep and backfill, for control. */
  pause(): void;
  /** Resumes them, for control. */
  resume(): void;
}

const METHODS: readonly (keyof ReportedTwin)[] = [
  "report",
  "stage",
  "sweep",
  "backfill",
  "back",
  "reset",
  "pause",
  "resume",
];

/** The twins of a report by their names, in order. */
export type NamedTwins = ReadonlyMap<string, ReportedTwin>;

/**
 * The twins of a report, by name.
 *
 * @throws {TypeError} If anything in it is not a twin.
 * @throws {RangeError} If there is none, or two share a name.
 */
export function gatherTwins(given: ReportedTwin | Iterable<ReportedTwin>): NamedTwins {
  // A twin is a map, and so iterable itself. Its methods tell it from a list of twins.
  const twins: readonly unknown[] = isTwin(given) || !isIterable(given) ? [given] : [...given];
  if (twins.length === 0) {
    throw new RangeError("Cannot create a report: there must be at least one twin: received none");
  }
  const named = new Map<string, ReportedTwin>();
  for (const twin of twins.map(asTwin)) {
    const { name } = twin.report();
    if (named.has(name)) {
      throw new RangeError(
        `Cannot create a report: twins must have different names: received ${JSON.stringify(name)} twice`,
      );
    }
    named.set(name, twin);
  }
  return named;
}

/** The twin of that name; without a name, the only twin. */
export function findTwin(twins: NamedTwins, name: string | undefined): ReportedTwin | undefined {
  if (name !== undefined) return twins.get(name);
  return twins.size === 1 ? [...twins.values()][0] : undefined;
}

function asTwin(value: unknown): ReportedTwin {
  if (isTwin(value)) return value;
  throw new TypeError(
    `Cannot create a report: twins must be a twin or an iterable of twins: received ${kindOf(value)}`,
  );
}

function isTwin(value: unknown): value is ReportedTwin {
  if (typeof value !== "object" || value === null) return false;
  return METHODS.every((method) => typeof Reflect.get(value, method) === "function");
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

function kindOf(value: unknown): string {
  return typeof value === "object" ? Object.prototype.toString.call(value).slice(8, -1) : typeof value;
}
