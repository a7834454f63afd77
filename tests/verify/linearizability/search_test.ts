import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { checkLinearizable, mapModel, type Operation } from "@twinmap/twinmap/linearizability";
import fc from "fast-check";
import { ABSENT } from "../../../verify/equality/deep_equal.ts";
import { calls, corrupted, hasOrder, historyOf, turns } from "./histories.ts";

const model = mapModel();

describe("the search for an order", () => {
  it("finds one for every sequential run whose calls are widened", () => {
    fc.assert(fc.property(fc.array(turns(calls(3, 4), 4), { size: "+2" }), (run) => {
      assertEquals(checkLinearizable(historyOf(run), model).verdict, "linearizable");
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
    const { verdict } = checkLinearizable(history, model);
    seen[verdict]++;
    assertEquals(verdict, hasOrder(model, [ABSENT], history, []) ? "linearizable" : "violated");
  };

  it("says of every small history with wrong results what trying all orders says", () => {
    fc.assert(
      fc.property(fc.array(turns(calls(1, 3), 4), { maxLength: 6 }), corrupted(3), (run, corrupt) => {
        asBruteForce(corrupt(historyOf(run)));
      }),
      { numRuns: 2_000 },
    );
    assertEquals([seen.linearizable > 300, seen.violated > 300, seen.unknown], [true, true, 0]);
  });

  it("says so with calls that never returned, and with times that are equal", () => {
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
});
