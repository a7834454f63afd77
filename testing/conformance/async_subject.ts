import type { AsyncConcurrentMap } from "../../mod.ts";
import { systemClock } from "../../mod.ts";
import { type Subject, subjectOf, type SubjectOptions } from "./subject.ts";

/** Options for `asyncConformance`. */
export interface AsyncConformanceOptions<K, V> extends SubjectOptions<K, V> {
  /** Returns an empty map, for one test. It is closed after the test if it has a `Symbol.asyncDispose`. */
  readonly make: () => AsyncConcurrentMap<K, V> | Promise<AsyncConcurrentMap<K, V>>;
  /**
   * Returns another map over the same store as the map that `make` returned last, as another process would have it. It is called
   * where the trait `atomic` is `store`: both maps together must be linearizable.
   */
  readonly open?: (() => AsyncConcurrentMap<K, V> | Promise<AsyncConcurrentMap<K, V>>) | undefined;
  /** Kills the store. It must keep what it acknowledged. Needs `start`. */
  readonly stop?: (() => Promise<void>) | undefined;
  /** Starts the store again, at the same address. */
  readonly start?: (() => Promise<void>) | undefined;
  /**
   * Lets so many milliseconds pass, for entries that expire.
   * @default {a timer}
   */
  readonly pass?: ((ms: number) => Promise<void>) | undefined;
  /**
   * How many random sequences of operations are tried, each with a cleared map: fewer for a slow store.
   * @default {50}
   */
  readonly runs?: number | undefined;
}

/** An asynchronous map under test. */
export type AnyAsyncMap = AsyncConcurrentMap<unknown, unknown>;

/** An asynchronous map under test, and how to handle its store. */
export interface AsyncSubject extends Subject {
  readonly make: () => AnyAsyncMap | Promise<AnyAsyncMap>;
  readonly open?: (() => AnyAsyncMap | Promise<AnyAsyncMap>) | undefined;
  readonly stop?: (() => Promise<void>) | undefined;
  readonly start?: (() => Promise<void>) | undefined;
  readonly pass: (ms: number) => Promise<void>;
  readonly runs: number;
  /** The keys without those that are equal to another one, as -0 is to 0. */
  readonly distinctKeys: readonly unknown[];
  /** Many values, so that it shows which write was read. */
  readonly manyValues: readonly unknown[];
}

const RUNS = 50;
const NUMBERS: readonly number[] = Array.from({ length: 1_000 }, (_, at) => at + 1);

/** Fills in the defaults. */
export function asyncSubjectOf(options: AsyncConformanceOptions<unknown, unknown>): AsyncSubject {
  const { make, open, stop, start, pass = later, runs = RUNS, values = NUMBERS } = options;
  const subject = subjectOf(options);
  const distinctKeys = [...new Set(subject.keys)];
  return { ...subject, make, open, stop, start, pass, runs, distinctKeys, manyValues: values };
}

/** Runs a test with a map, and closes the map. */
export async function withMap(subject: AsyncSubject, test: (map: AnyAsyncMap) => Promise<void>): Promise<void> {
  const map = await subject.make();
  try {
    await test(map);
  } finally {
    await close(map);
  }
}

/** Closes a map that can be closed. */
export async function close(map: AnyAsyncMap): Promise<void> {
  await (map as Partial<AsyncDisposable>)[Symbol.asyncDispose]?.();
}

/** Waits for the next turn of the event loop. */
export function nextTurn(): Promise<void> {
  return later(0);
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => void systemClock.schedule(resolve, ms));
}
