import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { checkLinearizable, mapModel, type Operation, type OrderStep } from "@twinmap/twinmap/linearizability";
import fc from "fast-check";
import { ABSENT } from "../../../src/equality/deep_equal.ts";
import { calls, corrupted, hasOrder, historyOf, outcomeOf, precedes, turns } from "./histories.ts";

const model = mapModel();

/** Asserts that steps are an order: each result is the model's, and each call follows all that returned before it. */
function assertOrder(history: readonly Operation[], steps: readonly OrderStep[]): void {
  let state: unknown = ABSENT;
  for (const step of steps) {
    const outcome = outcomeOf(model, state, step.operation);
    const isReturned = step.operation.returnedAt !== undefined;
    if (isReturned && "result" in outcome) assertEquals(step.operation.result, outcome.result);
    assertEquals(step.state, state = outcome.state);
  }
  const order = steps.map(({ operation }) => operation);
  assertEquals(new Set(order).size, order.length);
  order.forEach((operation, at) => {
    assert(order.slice(at + 1).every((later) => !precedes(later, operation, history)));
  });
}

describe("the search for an order", () => {
  it("finds one for every sequential run with widened calls", () => {
    fc.assert(fc.property(fc.array(turns(calls(3, 4), 4), { size: "+2" }), (run) => {
      const history = historyOf(run);
      const { verdict, orders } = checkLinearizable(history, model);
      assertEquals(verdict, "linearizable");
      for (const { part, steps, isComplete } of orders) {
        assertOrder(history, steps);
        assertEquals([isComplete, steps.length], [true, history.filter(({ args }) => args[0] === part).length]);
      }
    }));
  });

  it("finds one with calls that never returned, whether they took effect or not", () => {
    const run = fc.array(turns(calls(2, 3), 3), { size: "+1" });
    const stopped = fc.array(turns(calls(2, 3), 3), { maxLength: 12 });
    fc.assert(
      fc.property(
        run,
        stopped,
        fc.array(fc.nat({ max: 30 }), { minLength: 12, maxLength: 12 }),
        (run, stopped, places) => {
          const whole = [...run];
          for (const [at, turn] of stopped.entries()) {
            whole.splice(places[at] ?? 0, 0, { ...turn, client: 10 + at });
          }
          const history = historyOf(whole).map(({ returnedAt, result, ...call }) =>
            Number(call.client) < 10 ? { ...call, returnedAt, result } : call
          );
          assertEquals(checkLinearizable(history, model).verdict, "linearizable");
        },
      ),
    );
  });

  const seen = { linearizable: 0, violated: 0, unknown: 0 };
  const asBruteForce = (history: Operation[]) => {
    const { verdict, orders } = checkLinearizable(history, model);
    seen[verdict]++;
    assertEquals(verdict, hasOrder(model, [ABSENT], history, []) ? "linearizable" : "violated");
    for (const { steps, isComplete } of orders) {
      assertOrder(history, steps);
      const returned = steps.filter(({ operation }) => operation.returnedAt !== undefined).length;
      const all = history.filter(({ returnedAt }) => returnedAt !== undefined).length;
      assertEquals([isComplete, returned === all], verdict === "linearizable" ? [true, true] : [false, false]);
    }
  };

  it("agrees with trying all orders, for every small history with wrong results", () => {
    fc.assert(
      fc.property(fc.array(turns(calls(1, 3), 4), { maxLength: 6 }), corrupted(3), (run, corrupt) => {
        asBruteForce(corrupt(historyOf(run)));
      }),
      { numRuns: 2_000 },
    );
    assertEquals([seen.linearizable > 300, seen.violated > 300, seen.unknown], [true, true, 0]);
  });

  it("agrees with trying all orders, with calls that never returned and equal times", () => {
    const times = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3 }), fc.boolean());
    fc.assert(
      fc.property(
        fc.array(fc.tuple(turns(calls(1, 3), 3), times), { maxLength: 6 }),
        corrupted(3),
        (timed, corrupt) => {
          const ends = new Map<number, number>();
          const history = corrupt(historyOf(timed.map(([turn]) => turn))).flatMap((operation, at) => {
            const [pause, duration, isStopped] = timed[at]?.[1] ?? [0, 0, false];
            const client = operation.client as number;
            const calledAt = (ends.get(client) ?? 0) + pause;
            if (ends.get(client) === Infinity) return [];
            const returnedAt = isStopped && pause > 2 ? undefined : calledAt + duration;
            ends.set(client, returnedAt ?? Infinity);
            return [{ ...operation, calledAt, returnedAt }];
          });
          asBruteForce(history);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("is never wrong under any bound, only undecided", () => {
    const seen = { linearizable: 0, violated: 0, unknown: 0 };
    fc.assert(
      fc.property(
        fc.array(turns(calls(1, 3), 5), { maxLength: 7 }),
        corrupted(3),
        fc.integer({ min: 1, max: 200 }),
        (run, corrupt, maxSteps) => {
          const history = corrupt(historyOf(run));
          const { verdict, undecided, violations } = checkLinearizable(history, model, { maxSteps });
          seen[verdict]++;
          if (verdict === "unknown") assertEquals([undecided.length, violations], [1, []]);
          else assertEquals(verdict, hasOrder(model, [ABSENT], history, []) ? "linearizable" : "violated");
        },
      ),
      { numRuns: 2_000 },
    );
    assert(seen.linearizable > 200 && seen.violated > 200 && seen.unknown > 200, JSON.stringify(seen));
  });

  it("never takes a run of many concurrent clients for violated, whatever the bound", () => {
    const share = fc.constantFrom(6, 8);
    const turn = fc.record({ call: calls(1, 12), client: fc.nat({ max: 17 }), before: share, after: share });
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(turn, { minLength: 20, maxLength: 50 }),
        fc.integer({ min: 1, max: 20_000 }),
        (run, maxSteps) => {
          // Clients from 12 on make one call each, which never returns.
          const whole = run.map((turn, at) => turn.client < 12 ? turn : { ...turn, client: 100 + at });
          const history = historyOf(whole).map(({ returnedAt, result, ...call }) =>
            Number(call.client) < 100 ? { ...call, returnedAt, result } : call
          );
          const { verdict } = checkLinearizable(history, model, { maxSteps });
          seen.add(verdict);
          assert(verdict !== "violated");
        },
      ),
      { numRuns: 300 },
    );
    assertEquals(seen, new Set(["linearizable", "unknown"]));
  });
});
