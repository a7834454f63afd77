/** Draws fuzz cases. */
import fc from "fast-check";
import { operationsOn } from "../operations.ts";
import { type Act, type Call, CALLING_BACK, type Case, type Equals, type OwnersAct, STAGES } from "./case.ts";
import type { Kind } from "./kinds.ts";
import { printedCase } from "./printed_case.ts";

const OPERATIONS = operationsOn<unknown, unknown>(0, 0, 0).map(({ name }) => name);
/** At least as many as a domain has keys, and values. */
const PLACES = 9;

/** Most of the time one of a few, so that operations meet. */
const place = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: 2 }) },
  { weight: 1, arbitrary: fc.nat({ max: PLACES - 1 }) },
);
const percent = fc.constantFrom(100, 0, 40);

const call = (operation: fc.Arbitrary<string>, inner: fc.Arbitrary<Call["inner"]>, throws: fc.Arbitrary<boolean>) =>
  fc.record<Call>({ act: fc.constant("call"), operation, key: place, expected: place, value: place, inner, throws });

const simpleCall = call(
  fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...OPERATIONS.filter((name) => name !== "clear")) },
    { weight: 1, arbitrary: fc.constant("clear") },
  ),
  fc.constant([]),
  fc.constant(false),
);
const move: fc.Arbitrary<OwnersAct> = fc.record({
  act: fc.constant("move"),
  by: fc.constantFrom(1, 1, 1, 1, -1, -1, -1, 0),
  percent,
});
const doing = (...acts: Exclude<OwnersAct["act"], "move">[]): fc.Arbitrary<OwnersAct> =>
  fc.record({ act: fc.constantFrom(...acts) });

const inner = fc.oneof<fc.MaybeWeightedArbitrary<Call | OwnersAct>[]>(
  { weight: 12, arbitrary: simpleCall },
  { weight: 4, arbitrary: move },
  { weight: 2, arbitrary: doing("sweep", "backfill", "settle", "pause", "resume") },
);
const nestedCall = fc.tuple(
  call(
    fc.constantFrom(...CALLING_BACK),
    fc.array(inner, { minLength: 1, maxLength: 3, size: "max" }),
    fc.constantFrom(false, false, false, false, true),
  ),
  fc.boolean(),
).map(([call, isOfItsKey]) =>
  isOfItsKey ? { ...call, inner: call.inner.map((act) => act.act === "call" ? { ...act, key: call.key } : act) } : call
);
const advance = fc.record({ act: fc.constant("advance" as const), ms: fc.constantFrom(0, 0.05, 1, 10, 60, 200) });

const act = fc.oneof<fc.MaybeWeightedArbitrary<Act>[]>(
  { weight: 30, arbitrary: simpleCall },
  { weight: 6, arbitrary: nestedCall },
  { weight: 10, arbitrary: advance },
  { weight: 5, arbitrary: move },
  { weight: 4, arbitrary: doing("sweep", "sweep", "backfill", "settle", "pause", "resume", "resume") },
);
const lastActs = fc.oneof(
  { weight: 9, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.tuple(doing("close"), act, act) },
);

/** Cases with these kinds of map. */
export function cases(kinds: readonly Kind[]): fc.Arbitrary<Case> {
  const kind = fc.constantFrom(...kinds);
  const simplest = fc.constant(kinds[0] as Kind);
  return fc.record({
    // The order of entries matters only if both maps keep one.
    maps: fc.oneof(
      { weight: 1, arbitrary: fc.tuple(simplest, simplest) },
      { weight: 3, arbitrary: fc.tuple(kind, kind) },
    ),
    lagsMs: fc.oneof(
      { weight: 1, arbitrary: fc.constant([0]) },
      { weight: 1, arbitrary: fc.array(fc.constantFrom(0, 0.02, 1, 40, 200), { minLength: 1, maxLength: 8 }) },
    ),
    options: fc.record({
      mirror: fc.constantFrom("inline" as const, "queued" as const),
      sample: fc.constantFrom(1, 1 / 2, 1 / 64, 0),
      maxPending: fc.constantFrom(100, 3, 1),
      slice: fc.constantFrom(4, 0.01),
    }),
    equals: fc.constantFrom<Equals[]>(...Array<Equals>(8).fill("default"), "own", "throws"),
    held: fc.array(fc.tuple(fc.nat({ max: PLACES - 1 }), place), { maxLength: 8, size: "max" }),
    from: fc.constantFrom(...STAGES),
    percent,
    acts: fc.tuple(fc.array(act, { maxLength: 40, size: "max" }), lastActs).map((acts) => acts.flat()),
  }).map(({ maps: [old, other], ...drawn }) => printable({ ...drawn, old, new: other, stages: STAGES }));
}

/** What an operation becomes whose effect depends on what the map holds. */
const UNCONDITIONAL: { readonly [operation: string]: string } = {
  getOrInsert: "getAndSet",
  getOrInsertComputed: "update",
  compareAndSet: "getAndSet",
  compareAndDelete: "getAndDelete",
};

/** Cases in which the new map may be late: it never answers, and no operation depends on what it holds. */
export function casesWithLateMap(kinds: readonly Kind[], late: Kind): fc.Arbitrary<Case> {
  return cases(kinds).map((drawn): Case => ({
    ...drawn,
    new: late,
    from: drawn.from === "off" || drawn.from === "dualwrite" ? drawn.from : "shadow",
    stages: ["dualwrite", "shadow"],
    acts: drawn.acts.map(unconditional),
  })).map(printable);
}

function unconditional<A extends Act>(act: A): A {
  if (act.act !== "call") return act;
  return { ...act, operation: UNCONDITIONAL[act.operation] ?? act.operation, inner: act.inner.map(unconditional) };
}

function printable(drawn: Case): Case {
  return { ...drawn, [fc.toStringMethod]: () => printedCase(drawn) } as Case;
}
