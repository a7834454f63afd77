import type { Clock } from "../../src/clock.ts";
import { ABSENT, differences, type DifferingPart } from "../../src/equality/deep_equal.ts";
import type { Ledger } from "../stats/ledger.ts";
import { type Difference, Failure } from "../pair/difference.ts";
import type { Hooks } from "./hooks.ts";
import type { Redactor } from "./redaction.ts";
import type { ReportedDiff, ReportedPath } from "./report.ts";

/** How many places at which two values differ are reported. */
const MAX_PATHS = 16;

/** The operations that return whether something was done, and not a value. */
export const RETURN_WHETHER: ReadonlySet<string> = new Set(["delete", "compareAndSet", "compareAndDelete"]);

/** What a {@link DiffRecorder} works with. */
export interface DiffRecorderSetting<K, V> {
  readonly hooks: Hooks<K, V>;
  readonly clock: Clock;
  /** How many of the last diffs are kept. */
  readonly maxRecent: number;
}

/**
 * Counts diffs, keeps the last ones as they are reported, and calls the owner's `onDiff`. Keys and values are redacted
 * first; none of them is kept.
 */
export class DiffRecorder<K, V> {
  readonly #ledger: Ledger;
  readonly #setting: DiffRecorderSetting<K, V>;
  readonly #redactor: Redactor;
  readonly #recent: ReportedDiff[] = [];

  constructor(ledger: Ledger, setting: DiffRecorderSetting<K, V>, redactor: Redactor) {
    this.#ledger = ledger;
    this.#setting = setting;
    this.#redactor = redactor;
  }

  /** The last diffs, the newest first. */
  get recent(): ReportedDiff[] {
    return this.#recent.toReversed();
  }

  /** Records `comparisons` that ended in a diff, `found`. */
  record(found: Difference<K>, operation: string, comparisons: number): void {
    const [key] = found.keys;
    this.#ledger.diff(key, found.kind, comparisons);
    const places = hasPaths(found) || found.kind === "result" ? placesOf(found) : [];
    const diff: ReportedDiff = {
      at: new Date(this.#setting.clock.now()).toISOString(),
      kind: found.kind,
      operation,
      key: found.keys.length === 0 ? "" : this.#redactor.key(key),
      ...this.#sidesShown(found, operation, places),
      paths: hasPaths(found) ? places.map((place) => this.#path(place)) : [],
    };
    this.#recent.push(diff);
    if (this.#recent.length > this.#setting.maxRecent) this.#recent.shift();
    this.#setting.hooks.diff(diff, found);
  }

  #sidesShown(
    found: Difference<K>,
    operation: string,
    places: readonly DifferingPart[],
  ): { readonly old: string; readonly new: string } {
    const redactor = this.#redactor;
    if (found.kind === "order") return { old: this.#visited(found.old), new: this.#visited(found.new) };
    // What a sweep says of a map as a whole holds no key and no value.
    if (found.kind === "result" && operation === "sweep") return { old: String(found.old), new: String(found.new) };
    if (found.kind === "expiry") return { old: expiryText(found.old), new: expiryText(found.new) };
    if (found.kind === "error") return { old: this.#side(found.old), new: this.#side(found.new) };
    if (found.kind === "result" && RETURN_WHETHER.has(operation)) {
      return { old: this.#whether(found.old), new: this.#whether(found.new) };
    }
    return redactor.values(found.old, found.new, firstIndex(places));
  }

  #visited(key: unknown): string {
    return key === ABSENT ? "no further key" : this.#redactor.key(key);
  }

  #side(held: unknown): string {
    return Failure.is(held) ? `threw ${this.#redactor.value(held.error)}` : this.#redactor.value(held);
  }

  /** Whether a map did something is shown even without `reveal`: it is no value that the owner keeps in it. */
  #whether(answer: unknown): string {
    return typeof answer === "boolean" ? String(answer) : this.#redactor.value(answer);
  }

  #path(place: DifferingPart): ReportedPath {
    return { path: this.#redactor.path(place.path), ...this.#redactor.values(place.old, place.new) };
  }
}

/** Empty if the values cannot be walked, or if only the owner's `equals` finds them different. */
function placesOf(found: Difference<unknown>): DifferingPart[] {
  try {
    return differences(found.old, found.new, MAX_PATHS);
  } catch {
    return [];
  }
}

/** The first index of an array or buffer at which two values differ; 0 if they are of another kind. */
function firstIndex(places: readonly DifferingPart[]): number {
  const indexes = places.map(({ path: [first] }) => first?.kind === "index" ? first.key : Infinity);
  const least = Math.min(...indexes);
  return least === Infinity ? 0 : least;
}

function hasPaths({ kind }: Difference<unknown>): boolean {
  return kind === "value" || kind === "aliased";
}

function expiryText(at: unknown): string {
  if (typeof at !== "number") return "absent";
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "never expires" : `expires at ${date.toISOString()}`;
}
