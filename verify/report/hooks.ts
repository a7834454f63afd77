import type { Clock } from "../../src/clock.ts";
import { isPromise, silenceOne, whenRejected } from "../../src/promised_answer.ts";
import { ABSENT, compareWithin, isDeepEqual, type PausedComparison } from "../../src/equality/deep_equal.ts";
import { type Difference, Failure } from "../pair/difference.ts";
import type { Ledger } from "../stats/ledger.ts";
import { CallLimit } from "./call_limit.ts";
import type { ReportedDiff } from "./report.ts";
import type { TwinEvent, TwinEventContent } from "./twin_event.ts";

/** How many steps the comparison of two values may take before it pauses: well below a millisecond. */
const STEPS_AT_ONCE = 2_048;

/** How often `onDiff` is called in a second at most. */
const MAX_DIFFS_PER_SECOND = 10;

/** What a diff is about, for the owner's own code: nothing of it is redacted. */
export interface DiffDetails<K> {
  /** The key; `undefined` if the sizes differ. */
  readonly key: K;
  /**
   * What the old map had or answered: `undefined` if the key is absent, the error if it threw, and for kind `order` the key
   * that it visits there. For kind `result` at a sweep, a sentence about its size, or about an iteration.
   */
  readonly old: unknown;
  /** The same of the new map. */
  readonly new: unknown;
  /** How many diffs `onDiff` was not called with since the call before: it is called ten times a second at most. */
  readonly skipped: number;
}

/** The functions of a twin's owner. */
export interface OwnerFunctions<K, V> {
  readonly name: string;
  readonly equals: (oldValue: V, newValue: V, key: K) => boolean;
  readonly ignore: ((key: K) => boolean) | null;
  readonly onDiff: (diff: ReportedDiff, details: DiffDetails<K>) => void;
  readonly onEvent: (event: TwinEvent) => void;
}

/** Calls the functions of a twin's owner. What they throw, or reject with, is counted and never reaches a caller of the twin. */
export class Hooks<K, V> {
  readonly #functions: OwnerFunctions<K, V>;
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #limit: CallLimit;

  constructor(functions: OwnerFunctions<K, V>, ledger: Ledger, clock: Clock) {
    this.#functions = functions;
    this.#ledger = ledger;
    this.#clock = clock;
    this.#limit = new CallLimit(MAX_DIFFS_PER_SECOND, clock);
  }

  /** Whether a key is never compared; `undefined` if all are. A key for which the function fails is compared. */
  get ignores(): ((key: K) => boolean) | undefined {
    const { ignore } = this.#functions;
    if (ignore === null) return undefined;
    return (key) => {
      try {
        return this.#answerOf("ignore", ignore(key));
      } catch {
        this.#ledger.hookErrors++;
        return false;
      }
    };
  }

  /**
   * Compares two values. Only the comparison by {@link isDeepEqual} can pause.
   *
   * @throws Whatever the owner's function throws: then nothing is known.
   */
  equals(oldValue: V, newValue: V, key: K): boolean | PausedComparison {
    const { equals } = this.#functions;
    try {
      return equals === isDeepEqual
        ? compareWithin(oldValue, newValue, STEPS_AT_ONCE)
        : this.#ownersEquals(oldValue, newValue, key);
    } catch (error) {
      this.#ledger.hookErrors++;
      throw error;
    }
  }

  /**
   * Compares two answers of a write. `undefined` may mean an absent key: if the owner's function throws because it does not
   * take `undefined`, the answers differ.
   *
   * @throws Whatever the owner's function throws for two other answers.
   */
  equalAnswers(oldAnswer: V, newAnswer: V, key: K): boolean {
    // Only two objects can be too large to be compared at once.
    if (oldAnswer !== undefined && newAnswer !== undefined) return this.equals(oldAnswer, newAnswer, key) === true;
    try {
      return this.#ownersEquals(oldAnswer, newAnswer, key);
    } catch {
      return false;
    }
  }

  #ownersEquals(oldValue: V, newValue: V, key: K): boolean {
    return this.#answerOf("equals", this.#functions.equals(oldValue, newValue, key));
  }

  /** @throws {TypeError} If a function answers with a promise, which would count as `true`. */
  #answerOf(name: string, answer: unknown): boolean {
    silenceOne(answer, true);
    if (!isPromise(answer)) return Boolean(answer);
    throw new TypeError(`Cannot compare: ${name} must return a boolean: received a promise`);
  }

  /** Tells of a diff, unless there were too many within a second. */
  diff(reported: ReportedDiff, found: Difference<K>): void {
    const skipped = this.#limit.passes();
    if (skipped === undefined) return;
    const details = { key: found.keys[0] as K, old: bare(found.old), new: bare(found.new), skipped };
    this.#call(() => this.#functions.onDiff(reported, details));
  }

  /** Tells of an event. */
  event(content: TwinEventContent): void {
    const at = new Date(this.#clock.now()).toISOString();
    this.#call(() => this.#functions.onEvent({ twin: this.#functions.name, at, ...content }));
  }

  #call(hook: () => unknown): void {
    const failed = () => void this.#ledger.hookErrors++;
    try {
      whenRejected(hook(), failed);
    } catch {
      failed();
    }
  }
}

function bare(held: unknown): unknown {
  if (held === ABSENT) return undefined;
  return Failure.is(held) ? held.error : held;
}
