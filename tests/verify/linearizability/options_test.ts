import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  checkLinearizable,
  type LinearizabilityOptions,
  mapModel,
  type Operation,
} from "@twinmap/twinmap/linearizability";
import { ManualClock } from "../../../testing/manual_clock.ts";

/** A key that takes very long to decide: additions of even numbers that never returned, and an odd sum. */
const hard: Operation[] = [
  ...Array.from({ length: 40 }, (_, at): Operation => (
    { client: at, name: "add", args: ["hard", 2 ** (at + 1)], calledAt: 0 }
  )),
  { client: "reader", name: "get", args: ["hard"], calledAt: 70, returnedAt: 71, result: 1 },
];

/** A key with one read that nothing explains. */
function torn(key: string, client: string): Operation {
  return { client, name: "get", args: [key], calledAt: 0, returnedAt: 1, result: "torn" };
}

describe("the options of checkLinearizable()", () => {
  it("end the search after maxMs milliseconds of the clock, and leave the rest undecided", () => {
    const clock = new ManualClock(10);
    const startMs = clock.now();
    const { verdict, undecided, violations } = checkLinearizable([...hard, torn("k", "other")], mapModel(), {
      maxMs: 1_000,
      maxSteps: Number.MAX_SAFE_INTEGER,
      clock,
    });
    assertEquals([verdict, undecided, violations.map(({ part }) => part)], ["violated", ["hard"], ["k"]]);
    const tookMs = clock.now() - startMs;
    assertEquals([tookMs >= 1_000, tookMs < 1_200], [true, true], `${tookMs} ms`);
  });

  it("never read the clock without maxMs", () => {
    const clock = new ManualClock(10);
    const startMs = clock.now();
    checkLinearizable(hard, mapModel(), { maxSteps: 10_000, clock });
    assertEquals(clock.now(), startMs);
  });

  it("stop at the first violation with stopAtViolation, and count what was not decided as undecided", () => {
    const history = [torn("a", "1"), torn("b", "2"), ...hard];
    const { verdict, violations, undecided } = checkLinearizable(history, mapModel(), { stopAtViolation: true });
    assertEquals(
      [verdict, violations.map(({ part }) => part), undecided],
      ["violated", ["a"], ["b", "hard"]],
    );
    const all = checkLinearizable(history, mapModel(), { maxSteps: 10_000, stopAtViolation: false });
    assertEquals([all.violations.map(({ part }) => part), all.undecided], [["a", "b"], ["hard"]]);
  });

  const refuses = (kind: typeof TypeError | typeof RangeError, options: unknown, message: string) => {
    const error = assertThrows(() => checkLinearizable([], mapModel(), options as LinearizabilityOptions), kind);
    assertEquals(error.message, `Cannot check a history: ${message}`);
  };

  it("must be known", () => {
    const known = "maxSteps, maxMs, stopAtViolation, clock";
    refuses(TypeError, { maxStep: 5 }, `unknown option "maxStep"; known: ${known}`);
    refuses(TypeError, { maxSteps: 5, "": 1 }, `unknown option ""; known: ${known}`);
    for (const options of [null, 5, "fast"]) {
      refuses(TypeError, options, `the options must be an object: received ${JSON.stringify(options)}`);
    }
  });

  it("must be of the right type and in range", () => {
    const steps = "maxSteps must be a whole number from 1 to 2^53 - 1: received ";
    refuses(TypeError, { maxSteps: "9" }, `${steps}"9"`);
    for (const maxSteps of [0, -1, 1.5, NaN, Infinity]) refuses(RangeError, { maxSteps }, `${steps}${maxSteps}`);
    refuses(TypeError, { maxMs: "9" }, 'maxMs must be a number above 0: received "9"');
    refuses(TypeError, { maxMs: null }, "maxMs must be a number above 0: received null");
    for (const maxMs of [0, -1, NaN, -Infinity]) {
      refuses(RangeError, { maxMs }, `maxMs must be a number above 0: received ${maxMs}`);
    }
    refuses(TypeError, { stopAtViolation: 1 }, "stopAtViolation must be a boolean: received 1");
    refuses(TypeError, { clock: {} }, "clock must have the method monotonicMs: received {}");
    refuses(TypeError, { clock: null }, "clock must have the method monotonicMs: received null");
  });

  it("may each be undefined", () => {
    const options = { maxSteps: undefined, maxMs: undefined, stopAtViolation: undefined, clock: undefined };
    assertEquals(checkLinearizable([torn("a", "1")], mapModel(), options).verdict, "violated");
  });
});
