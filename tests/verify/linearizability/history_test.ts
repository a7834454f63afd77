import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { checkLinearizable, mapModel, type Operation } from "@twinmap/twinmap/linearizability";

const good: Operation = { client: 1, name: "get", args: ["k"], calledAt: 0, returnedAt: 1, result: undefined };

function refuses(kind: typeof TypeError | typeof RangeError, history: unknown, message: string): void {
  const error = assertThrows(() => checkLinearizable(history as Operation[], mapModel()), kind);
  assertEquals(error.message, `Cannot check a history: ${message}`);
}

describe("a history", () => {
  it("is any iterable of operations, in any order", () => {
    const operations: Operation[] = [
      { client: "b", name: "get", args: ["k"], calledAt: 6, returnedAt: 7, result: 1 },
      { client: "a", name: "set", args: ["k", 1], calledAt: 4, returnedAt: 5 },
      { client: "a", name: "has", args: ["k"], calledAt: -3, returnedAt: -2.5, result: false },
    ];
    for (const history of [operations, operations.toReversed(), new Set(operations), operations.values()]) {
      assertEquals(checkLinearizable(history, mapModel()).verdict, "linearizable");
    }
  });

  it("is not changed", () => {
    const history = Object.freeze([
      Object.freeze({ ...good, calledAt: 2, returnedAt: 3 }),
      Object.freeze({ ...good, args: Object.freeze(["k"]) }),
    ]);
    assertEquals(checkLinearizable(history, mapModel()).verdict, "linearizable");
    assertEquals(history.map(({ calledAt }) => calledAt), [2, 0]);
  });

  it("must be an iterable of objects", () => {
    for (const history of [undefined, null, 5, {}]) {
      refuses(TypeError, history, `the history must be an iterable of operations: received ${show(history)}`);
    }
    for (const operation of [undefined, null, 5, "get"]) {
      refuses(TypeError, [good, operation], `operation 1 must be an object: received ${show(operation)}`);
    }
  });

  it("must have operations whose fields are of the right types", () => {
    const wrong = (fields: Record<string, unknown>, must: string, received: string) =>
      refuses(TypeError, [{ ...good, ...fields }], `operation 0 must have ${must}: received ${received}`);
    wrong({ client: undefined }, "a string or a number for a client", "undefined");
    wrong({ client: {} }, "a string or a number for a client", "{}");
    wrong({ name: 5 }, "a string for a name", "5");
    wrong({ args: "k" }, "an array of args", '"k"');
    wrong({ calledAt: "0" }, "a number for calledAt", '"0"');
    wrong({ calledAt: 0n }, "a number for calledAt", "0n");
    wrong({ returnedAt: null }, "a number for returnedAt, or none", "null");
  });

  it("must have operations that the model has", () => {
    const names = "get, has, set, delete, getOrInsert, getOrInsertComputed, getAndDelete, getAndSet, compareAndSet, " +
      "compareAndDelete, update, add";
    for (const name of ["clear", "size", "toString", ""]) {
      const message = `operation 1 must have one of these names: ${names}: received ${JSON.stringify(name)}`;
      refuses(RangeError, [good, { ...good, name, client: 2 }], message);
    }
  });

  it("must have times that are finite, and no return before its call", () => {
    const must = "operation 0 must have a";
    refuses(RangeError, [{ ...good, calledAt: NaN }], `${must} finite calledAt: received NaN`);
    refuses(RangeError, [{ ...good, calledAt: -Infinity }], `${must} finite calledAt: received -Infinity`);
    refuses(RangeError, [{ ...good, returnedAt: Infinity }], `${must} finite returnedAt, or none: received Infinity`);
    refuses(RangeError, [{ ...good, calledAt: 5 }], `${must} returnedAt from calledAt up, 5: received 1`);
  });

  it("must have clients that make one call after the other, over all keys", () => {
    const other = { ...good, args: ["another"], calledAt: 0.5, returnedAt: 9 };
    const must = (client: string) => `client ${client} must not call before its last call, which`;
    refuses(RangeError, [good, other], `${must("1")} returned at 1: received 0.5`);
    refuses(RangeError, [other, good], `${must("1")} returned at 1: received 0.5`);
    const stopped = { client: "a", name: "get", args: ["k"], calledAt: 3 };
    refuses(
      RangeError,
      [stopped, { ...good, client: "a", calledAt: 7, returnedAt: 8 }],
      `${must('"a"')} never returned: received 7`,
    );
    refuses(RangeError, [stopped, stopped], `${must('"a"')} never returned: received 3`);
    assertEquals(checkLinearizable([{ ...good, client: "1" }, other, stopped], mapModel()).verdict, "linearizable");
  });
});

function show(value: unknown): string {
  return typeof value === "object" && value !== null ? "{}" : typeof value === "string" ? `"${value}"` : String(value);
}
