import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap } from "@twinmap/twinmap";
import { checkLinearizable, mapModel, type MapModelOptions, type Operation } from "@twinmap/twinmap/linearizability";
import fc from "fast-check";
import { type Call, calls } from "./histories.ts";

type Called = readonly [name: string, ...args: unknown[]];
type Method = (...args: readonly unknown[]) => unknown;

/** The history of the only client of a map. */
function historyOn(map: NativeMap<unknown, unknown>, calls: readonly Call[]): Operation[] {
  const add: Method = (key, delta) => map.update(key, (sum) => Number(sum ?? 0) + Number(delta));
  return calls.map(({ name, args }, at) => {
    const method = name === "add" ? add : Reflect.get(map, name) as Method;
    return { client: 1, name, args, calledAt: 2 * at, returnedAt: 2 * at + 1, result: method.apply(map, [...args]) };
  });
}

function verdictOf(
  calls: readonly Called[],
  results: unknown[],
  options?: MapModelOptions,
) {
  const history = calls.map(([name, ...args], at) => (
    { client: 1, name, args, calledAt: 2 * at, returnedAt: 2 * at + 1, result: results[at] }
  ));
  return checkLinearizable(history, mapModel(options)).verdict;
}

describe("mapModel()", () => {
  it("agrees with a map that one client uses, operation by operation", () => {
    fc.assert(fc.property(fc.array(calls(2, 4)), (calls) => {
      assertEquals(checkLinearizable(historyOn(new NativeMap(), calls), mapModel()).verdict, "linearizable");
    }));
  });

  it("allows no other result, except for set", () => {
    fc.assert(fc.property(fc.array(calls(1, 4), { minLength: 1 }), (calls) => {
      const history = historyOn(new NativeMap(), calls);
      const last = { ...history.at(-1) as Operation, result: "another" };
      const { verdict } = checkLinearizable([...history.slice(0, -1), last], mapModel());
      assertEquals(verdict, last.name === "set" ? "linearizable" : "violated");
    }));
  });

  it("distinguishes an undefined value from an absent key", () => {
    assertEquals(verdictOf([["set", "k", undefined], ["has", "k"]], [undefined, true]), "linearizable");
    assertEquals(verdictOf([["set", "k", undefined], ["has", "k"]], [undefined, false]), "violated");
    assertEquals(verdictOf([["compareAndSet", "k", undefined, 1]], [false]), "linearizable");
    assertEquals(verdictOf([["compareAndSet", "k", undefined, 1]], [true]), "violated");
    assertEquals(verdictOf([["set", "k", undefined], ["compareAndDelete", "k", undefined]], [0, true]), "linearizable");
  });

  it("compares keys as a Map does", () => {
    assertEquals(verdictOf([["set", NaN, 1], ["get", NaN]], [0, 1]), "linearizable");
    assertEquals(verdictOf([["set", -0, 1], ["get", 0]], [0, 1]), "linearizable");
    assertEquals(verdictOf([["set", 1, 1], ["get", "1"]], [0, 1]), "violated");
  });

  it("takes an expected 0 for equal to -0, as a map does, but not a 0 that is read", () => {
    assertEquals(verdictOf([["set", "k", -0], ["compareAndSet", "k", 0, 1]], [0, true]), "linearizable");
    assertEquals(verdictOf([["set", "k", -0], ["get", "k"]], [0, 0]), "violated");
    assertEquals(verdictOf([["set", "k", NaN], ["compareAndDelete", "k", NaN]], [0, true]), "linearizable");
  });

  it("compares values by their content, unless the map keeps references", () => {
    const [bytes, copy] = [new Uint8Array([1, 2]), new Uint8Array([1, 2])];
    const read: Called[] = [["set", "k", bytes], ["get", "k"]];
    const exchange: Called[] = [["set", "k", bytes], ["compareAndSet", "k", copy, 1]];
    const verdicts = (options?: MapModelOptions) => [
      verdictOf(read, [0, copy], options),
      verdictOf(exchange, [0, true], options),
      verdictOf(exchange, [0, false], options),
    ];
    assertEquals(verdicts(), ["linearizable", "linearizable", "violated"]);
    assertEquals(verdicts({ values: "copy" }), verdicts());
    assertEquals(verdicts({ values: "reference" }), ["violated", "violated", "linearizable"]);
    assertEquals(verdictOf(read, [0, bytes], { values: "reference" }), "linearizable");
  });

  it("refuses any other value of the option", () => {
    const options = { values: "clone" as "copy" };
    const message = 'Cannot model a map: values must be "copy" or "reference": received clone';
    assertThrows(() => mapModel(options), RangeError, message);
  });
});
