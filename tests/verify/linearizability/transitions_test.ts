import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { checkLinearizable, type Model, type Operation } from "@twinmap/twinmap/linearizability";
import fc from "fast-check";
import { type Call, hasOrder, timed, turns } from "./histories.ts";

const VALUES = [0, 1, 2];

/** A bag of small numbers, as the bits of one: `take` removes any of them, `putAny` puts one of two. */
const bag: Model<number> = {
  initial: 0,
  operations: {
    put: (bits, value: number) => ({ state: bits | 1 << value }),
    putAny: (bits, a: number, b: number) => ({ anyOf: [{ state: bits | 1 << a }, { state: bits | 1 << b }] }),
    take: (bits) => ({
      anyOf: VALUES.filter((value) => bits & 1 << value).map((value) => ({
        state: bits & ~(1 << value),
        result: value,
      })),
    }),
    peek: (bits) => ({ state: bits, result: bits }),
  },
  isRead: ({ name }) => name === "peek",
};

/** Calls one after the other. */
function verdictOf(...calls: [name: string, args: unknown[], result?: unknown][]) {
  const history = calls.map(([name, args, result], at): Operation => (
    { client: 1, name, args, calledAt: 2 * at, returnedAt: 2 * at + 1, result }
  ));
  return checkLinearizable(history, bag).verdict;
}

describe("an operation with several outcomes", () => {
  it("may have any of them, and no other", () => {
    for (const first of [0, 2]) {
      assertEquals(verdictOf(["put", [0]], ["put", [2]], ["take", [], first], ["take", [], 2 - first]), "linearizable");
    }
    assertEquals(verdictOf(["put", [0]], ["put", [2]], ["take", [], 1]), "violated");
    assertEquals(verdictOf(["put", [0]], ["take", [], 0], ["take", [], 0]), "violated");
  });

  it("may be determined only by later operations", () => {
    assertEquals(verdictOf(["putAny", [1, 2]], ["peek", [], 2]), "linearizable");
    assertEquals(verdictOf(["putAny", [1, 2]], ["peek", [], 4], ["peek", [], 4]), "linearizable");
    assertEquals(verdictOf(["putAny", [1, 2]], ["peek", [], 4], ["peek", [], 2]), "violated");
    assertEquals(verdictOf(["putAny", [1, 2]], ["peek", [], 6]), "violated");
  });

  it("cannot take effect in a state where it has none", () => {
    const take: Operation = { client: 1, name: "take", args: [], calledAt: 0, returnedAt: 9, result: 1 };
    const put: Operation = { client: 2, name: "put", args: [1], calledAt: 5, returnedAt: 6 };
    assertEquals(checkLinearizable([take], bag).verdict, "violated");
    assertEquals(checkLinearizable([take, put], bag).verdict, "linearizable");
    assertEquals(checkLinearizable([take, { ...put, calledAt: 10, returnedAt: 11 }], bag).verdict, "violated");
    assertEquals(checkLinearizable([{ ...take, returnedAt: undefined }], bag).verdict, "linearizable");
  });

  it("appears in the order with the outcome that it must have had", () => {
    const { orders } = checkLinearizable([
      { client: 1, name: "putAny", args: [1, 2], calledAt: 0, returnedAt: 1 },
      { client: 1, name: "peek", args: [], calledAt: 2, returnedAt: 3, result: 4 },
    ], bag);
    assertEquals(orders.map(({ steps }) => steps.map(({ operation, state }) => [operation.name, state])), [
      [["putAny", 4], ["peek", 4]],
    ]);
  });

  it("gets the same verdict as by trying all orders and outcomes", () => {
    const value = fc.constantFrom(...VALUES);
    const call = fc.oneof(
      value.map((value): Call => ({ name: "put", args: [value] })),
      fc.tuple(value, value).map((args): Call => ({ name: "putAny", args })),
      fc.constant<Call>({ name: "take", args: [] }),
      fc.constant<Call>({ name: "take", args: [] }),
      fc.constant<Call>({ name: "peek", args: [] }),
    );
    const run = fc.array(fc.tuple(turns(call, 4), fc.nat({ max: 7 }), fc.integer({ min: 0, max: 9 })), {
      maxLength: 6,
    });
    const seen = { linearizable: 0, violated: 0, unknown: 0 };
    fc.assert(
      fc.property(run, fc.constantFrom(20, 100, 100_000), (run, maxSteps) => {
        const history = timed(run.map(([turn, result]) => (
          { ...turn, result: turn.call.name === "take" ? result % 3 : result }
        ))).map(({ returnedAt, ...call }, at) => ({
          ...call,
          returnedAt: run[at]?.[2] === 0 ? undefined : returnedAt,
        }));
        const stopped = new Set<unknown>();
        const possible = history.filter(({ client, returnedAt }) => {
          if (stopped.has(client)) return false;
          if (returnedAt === undefined) stopped.add(client);
          return true;
        });
        const { verdict } = checkLinearizable(possible, bag, { maxSteps });
        seen[verdict]++;
        if (verdict === "unknown") assert(maxSteps < 100_000);
        else assertEquals(verdict, hasOrder(bag, [0], possible, []) ? "linearizable" : "violated");
      }),
      { numRuns: 1_000 },
    );
    assert(seen.linearizable > 200 && seen.violated > 200, JSON.stringify(seen));
  });
});
