import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type ConcurrentMap, type Stage, StageError, type TwinMap } from "@twinmap/twinmap";
import { operationsOn, outcome } from "../operations.ts";
import { proven } from "../move_to.ts";

export type Value = number | undefined | { readonly name: string };
export type Users = TwinMap<unknown, Value>;

/** A call by the users of a map; what it returns is all that they see. */
export interface Call {
  readonly name: string;
  readonly run: (map: ConcurrentMap<unknown, Value>) => unknown;
}

/** An action of the owner of a twin, such as a move or a sweep. */
export interface Move {
  readonly name: string;
  readonly act: (users: Users) => void;
}

export const KEYS: readonly unknown[] = ["a", "b", 1, "1", 0, -0, NaN, undefined];
export const VALUES: readonly Value[] = [0, -0, undefined, { name: "Ada" }, { name: "Ada" }, 7];

/** Like `assertEquals`, but tells 0 from -0, and the objects in {@link VALUES} from equal ones. */
export function assertSame(actual: unknown, expected: unknown, message?: string): void {
  assertEquals(toldApart(actual), toldApart(expected), message);
}

function toldApart(value: unknown): unknown {
  if (Object.is(value, -0)) return "-0";
  if (typeof value !== "object" || value === null) return value;
  const at = VALUES.findIndex((one) => one === value);
  if (at >= 0) return `value ${at}`;
  if (Array.isArray(value)) return value.map(toldApart);
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, toldApart(held)]));
}

/** The keys and values that are put into maps. */
export interface Held {
  readonly keys: readonly unknown[];
  readonly values: readonly Value[];
}

export const ANYTHING: Held = { keys: KEYS, values: VALUES };

const operation = ({ keys, values }: Held) =>
  fc.record({
    key: fc.constantFrom(...keys),
    expected: fc.constantFrom(...values),
    value: fc.constantFrom(...values),
  });

/** One operation whose name `isIncluded` accepts. */
export function simpleCall(
  isIncluded: (name: string) => boolean = () => true,
  held: Held = ANYTHING,
): fc.Arbitrary<Call> {
  const names = operationsOn<unknown, Value>(0, 0, 0).map(({ name }) => name).filter(isIncluded);
  return fc.tuple(operation(held), fc.constantFrom(...names)).map(([{ key, expected, value }, name]) =>
    operationsOn(key, expected, value).find((operation) => operation.name === name) as Call
  );
}

/** The operations that take a callback. */
const OUTER = ["update", "getOrInsertComputed", "forEach"] as const;

/** One of the operations `outer`, with a callback that calls the map itself and sometimes throws. */
export function nestedCall(
  inner: fc.Arbitrary<Call>,
  outer: readonly (typeof OUTER)[number][] = OUTER,
  held: Held = ANYTHING,
): fc.Arbitrary<Call> {
  return fc.tuple(operation(held), inner, fc.constantFrom(...outer), fc.boolean()).map((
    [{ key, value }, inner, outer, throws],
  ) => ({
    name: `${outer} with ${inner.name}${throws ? ", then throws" : ""}`,
    run: (map) => {
      const seen: unknown[] = [];
      const callback = (...given: unknown[]): Value => {
        seen.push(given.map((one) => one === map ? "the map" : one), outcome(() => inner.run(map)));
        // `forEach` also visits entries added meanwhile, so it might never end.
        if (throws || seen.length > 20) throw new Error("mine");
        return value;
      };
      if (outer === "update") return [outcome(() => map.update(key, callback)), seen];
      if (outer === "forEach") return [outcome(() => map.forEach(callback)), seen];
      return [outcome(() => map.getOrInsertComputed(key, callback)), seen];
    },
  }));
}

/** A move to one of `stages`, if it is allowed. */
export function stageMove(stages: readonly Stage[]): fc.Arbitrary<Move> {
  return fc.tuple(fc.constantFrom(...stages), fc.constantFrom(0, 40, 100)).map(([stage, percent]) => ({
    name: stage === "live" ? `to live, ${percent} %` : `to ${stage}`,
    act: (users) => {
      try {
        users.stage(stage, proven(users, stage, percent));
      } catch (error) {
        assertRefused(error);
      }
    },
  }));
}

/** Background work, started if it is allowed; `begun` is called with its promise. */
export function workMove(begun: (work: Promise<unknown>) => void): fc.Arbitrary<Move> {
  return fc.constantFrom<Move>(
    { name: "sweep", act: (users) => begun(users.sweep().catch(assertRefused)) },
    { name: "backfill", act: (users) => begun(users.backfill().catch(assertRefused)) },
    { name: "repair", act: (users) => begun(users.repair().catch(assertRefused)) },
    { name: "pause", act: (users) => users.pause() },
    { name: "resume", act: (users) => users.resume() },
    { name: "settle", act: (users) => begun(users.settle()) },
  );
}

function assertRefused(error: unknown): void {
  assert(error instanceof StageError, String(error));
}
