import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { refusePromise, silence, silenceOne } from "../../src/promised_answer.ts";
import { ABSENT } from "../../src/equality/deep_equal.ts";
import type { DiffKind } from "../stats/diff_kind.ts";

/** The methods that it takes to read one key. */
export type Lookup<K, V> = Pick<ConcurrentMap<K, V>, "get" | "has">;

/** Stands for the value on a side that threw when it was read. */
export class Failure {
  readonly #error: unknown;

  constructor(error: unknown) {
    this.#error = error;
  }

  get error(): unknown {
    return this.#error;
  }

  /** Whether something is a failure. Unlike `instanceof`, this runs no trap of a `Proxy`. */
  static is(held: unknown): held is Failure {
    return typeof held === "object" && held !== null && #error in held;
  }
}

/** In what the two sides differ. */
export interface Difference<K> {
  readonly kind: DiffKind;
  /** The keys that it rests on: it stands only as long as none of them is written. The first one is reported. */
  readonly keys: readonly K[];
  readonly old: unknown;
  readonly new: unknown;
}

/** What `get` of a side answers for `key`; a {@link Failure} if it throws. */
export function got<K, V>(side: Lookup<K, V>, key: K): unknown {
  try {
    return side.get(key);
  } catch (error) {
    silence(error);
    return new Failure(error);
  }
}

/**
 * What a side holds for `key`: its value, {@link ABSENT} or a {@link Failure}. The key is absent if `has` says so, whatever
 * `get` answered.
 *
 * @param value What {@link got} returned.
 */
export function held<K, V>(side: Lookup<K, V>, key: K, value: unknown): unknown {
  if (Failure.is(value)) return value;
  try {
    const isPresent = side.has(key);
    refusePromise(isPresent, "The map");
    if (isPresent) return value;
    silence(value);
    return ABSENT;
  } catch (error) {
    silence(error);
    silence(value);
    return new Failure(error);
  }
}

/**
 * In what the two sides differ, given what {@link held} returned for each; `undefined` if they are equal.
 *
 * @returns A promise if `equals` returns one.
 * @throws What the old side threw if both did: then nothing is known.
 */
export function differenceOf<K, V>(
  key: K,
  oldHeld: unknown,
  newHeld: unknown,
  equals: (oldValue: V, newValue: V, key: K) => boolean | Promise<boolean>,
): Difference<K> | undefined | Promise<Difference<K> | undefined> {
  if (Object.is(oldHeld, newHeld)) return undefined;
  silenceOne(oldHeld, newHeld);
  const oldFailed = Failure.is(oldHeld);
  const newFailed = Failure.is(newHeld);
  if (oldFailed && newFailed) throw oldHeld.error;
  let kind: DiffKind;
  if (oldFailed || newFailed) kind = "error";
  else if (newHeld === ABSENT) kind = "missing";
  else if (oldHeld === ABSENT) kind = "extra";
  else {
    const equal = equals(oldHeld as V, newHeld as V, key);
    if (equal === true) return undefined;
    if (equal !== false) return unlessEqual(equal, key, oldHeld, newHeld);
    kind = "value";
  }
  return { kind, keys: [key], old: oldHeld, new: newHeld };
}

async function unlessEqual<K>(
  equal: Promise<boolean>,
  key: K,
  oldValue: unknown,
  newValue: unknown,
): Promise<Difference<K> | undefined> {
  return await equal ? undefined : { kind: "value", keys: [key], old: oldValue, new: newValue };
}
