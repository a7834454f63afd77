import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { checkLinearizable, mapModel, type Operation } from "@twinmap/twinmap/linearizability";
import fc from "fast-check";
import { calls, corrupted, endStates, hasOrder, historyOf, reachableStates, turns } from "./histories.ts";

const model = mapModel();

/** Small histories of one key that have no order, and their counterexamples. */
function forBadHistories(rule: (history: readonly Operation[], smallest: readonly Operation[]) => void): void {
  const sizes = new Set<number>();
  fc.assert(
    fc.property(fc.array(turns(calls(1, 3), 4), { maxLength: 6 }), corrupted(3), (run, corrupt) => {
      const history = corrupt(historyOf(run));
      const [violation] = checkLinearizable(history, model).violations;
      if (violation === undefined) return;
      assert(violation.isMinimal);
      sizes.add(violation.operations.length);
      rule(history, violation.operations);
    }),
    { numRuns: 800 },
  );
  assert(sizes.size >= 3, "parts of several sizes were seen");
}

/** The others that can take effect once the first of these operations is called. */
function othersOf(history: readonly Operation[], operations: readonly Operation[], from: number): Operation[] {
  return history.filter((operation) => !operations.includes(operation) && (operation.returnedAt ?? Infinity) >= from);
}

function firstCall(operations: readonly Operation[]): number {
  return Math.min(...operations.map(({ calledAt }) => calledAt));
}

/** Whether operations have an order once any of them is left open. */
function isEachNeeded(history: readonly Operation[], operations: readonly Operation[]): boolean {
  return operations.length === 1 || operations.every((operation) => {
    const others = operations.filter((other) => other !== operation);
    const from = firstCall(others);
    const states = reachableStates(model, history.filter(({ calledAt }) => calledAt < from));
    return hasOrder(model, states, others, othersOf(history, others, from));
  });
}

describe("the minimal counterexample", () => {
  it("has no order, whatever else happened meanwhile, and from any state that was possible before", () => {
    forBadHistories((history, smallest) => {
      const from = firstCall(smallest);
      const states = endStates(model, history.filter(({ returnedAt = Infinity }) => returnedAt < from));
      assertEquals(hasOrder(model, states, smallest, othersOf(history, smallest, from)), false);
    });
  });

  it("has an order once any of its operations is left open", () => {
    forBadHistories((history, smallest) => assert(isEachNeeded(history, smallest)));
  });

  it("is found among thousands of operations of one key", () => {
    const history: Operation[] = [];
    for (let at = 0; at < 3_000; at++) {
      const client = at % 3;
      history.push({ client, name: "set", args: ["k", at], calledAt: at * 10, returnedAt: at * 10 + 25 });
    }
    history.push({ client: "late", name: "get", args: ["k"], calledAt: 29_000, returnedAt: 29_001, result: 42 });
    const { verdict, violations } = checkLinearizable(history, model);
    assertEquals(verdict, "violated");
    assertEquals(violations.map(({ operations, isMinimal }) => [operations.length, isMinimal]), [[2, true]]);
    assertEquals(violations[0]?.operations[1], history.at(-1));
  });

  it("reaches back as far as it must", () => {
    const once: Operation = { client: 0, name: "set", args: ["k", "once"], calledAt: 0, returnedAt: 1 };
    const reads = Array.from({ length: 2_000 }, (_, at): Operation => (
      { client: 1, name: "has", args: ["k"], calledAt: 10 + 2 * at, returnedAt: 11 + 2 * at, result: true }
    ));
    const lost: Operation = {
      client: 2,
      name: "get",
      args: ["k"],
      calledAt: 9_000,
      returnedAt: 9_001,
      result: "twice",
    };
    const gone: Operation = { client: 2, name: "has", args: ["k"], calledAt: 9_000, returnedAt: 9_001, result: false };
    assertEquals(checkLinearizable([once, ...reads, lost], model).violations[0]?.operations, [lost]);
    assertEquals(checkLinearizable([once, ...reads, gone], model).violations[0]?.operations, [
      ...reads.slice(-1),
      gone,
    ]);
    assertEquals(checkLinearizable([once, gone], model).violations[0]?.operations, [once, gone]);
  });

  it("is called minimal only if each of its operations is needed, wherever the bound cuts the search for it short", () => {
    let cut = 0;
    fc.assert(
      fc.property(fc.array(turns(calls(1, 3), 4), { maxLength: 6 }), corrupted(3), (run, corrupt) => {
        const history = corrupt(historyOf(run));
        for (let maxSteps = 4; maxSteps < 400; maxSteps += 1 + (maxSteps >> 4)) {
          const [violation] = checkLinearizable(history, model, { maxSteps }).violations;
          if (violation === undefined) continue;
          if (violation.isMinimal) assert(isEachNeeded(history, violation.operations));
          else cut++;
          if (violation.operations.length === 1) assert(violation.isMinimal);
        }
      }),
      { numRuns: 300 },
    );
    assert(cut > 0, "the bound was reached in some");
  });

  it("is not called minimal if the bound was reached before that was certain", () => {
    const history = Array.from({ length: 400 }, (_, at): Operation => (
      { client: 0, name: "add", args: ["k", 1], calledAt: 2 * at, returnedAt: 2 * at + 1, result: at + 1 }
    ));
    const call = (client: number, calledAt: number, returnedAt: number, value: string, result?: string): Operation =>
      result === undefined
        ? { client, name: "set", args: ["k", value], calledAt, returnedAt }
        : { client, name: "get", args: ["k"], calledAt, returnedAt, result };
    // Two clients disagree about which of two values came last.
    const disagreement = [
      call(1, 900, 960, "a"),
      call(2, 901, 961, "b"),
      call(3, 910, 915, "", "a"),
      call(4, 911, 916, "", "b"),
      call(3, 920, 925, "", "b"),
      call(4, 921, 926, "", "a"),
    ];
    const smallest = (maxSteps: number) =>
      checkLinearizable([...history, ...disagreement], model, { maxSteps }).violations[0];
    assertEquals([smallest(100_000)?.operations, smallest(100_000)?.isMinimal], [disagreement.slice(2), true]);
    const stopped = smallest(12_000);
    assertEquals([stopped?.isMinimal, (stopped?.operations.length ?? 0) > 4], [false, true]);
    assertStringIncludes(stopped?.timeline ?? "", "Perhaps not all of them are needed: the bound was reached.\n");
  });
});
