import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { checkLinearizable, mapModel, type Operation } from "@twinmap/twinmap/linearizability";

function puts(count: number, returnedAt: (at: number) => number | undefined): Operation[] {
  return Array.from({ length: count }, (_, at) => (
    { client: at, name: "set", args: ["k", at], calledAt: at, returnedAt: returnedAt(at) }
  ));
}

/** Reads one after the other, after all puts were called. */
function reads(...results: unknown[]): Operation[] {
  return results.map((result, at) => (
    { client: "reader", name: "get", args: ["k"], calledAt: 500 + 2 * at, returnedAt: 501 + 2 * at, result }
  ));
}

/** The verdict on a history within a number of steps, and its violations. */
function proofOf(history: readonly Operation[], maxSteps: number) {
  const { verdict, violations } = checkLinearizable(history, mapModel(), { maxSteps });
  return [verdict, violations.map(({ operations, isMinimal }) => ({ operations, isMinimal }))];
}

describe("a question about few operations", () => {
  for (const count of [15, 25, 40]) {
    const maxSteps = 300 * count ** 2 + 50_000;

    it(`rules out a value that nobody wrote, read after ${count} puts at once`, () => {
      const read = reads("nobody's");
      const history = [...puts(count, (at) => 100 + at), ...read];
      assertEquals(proofOf(history, maxSteps), ["violated", [{ operations: read, isMinimal: true }]]);
    });

    it(`rules out a value that nobody wrote, read during ${count} puts`, () => {
      const read = reads("nobody's");
      const history = [...puts(count, (at) => 1_000 + at), ...read];
      assertEquals(proofOf(history, maxSteps), ["violated", [{ operations: read, isMinimal: true }]]);
    });

    it(`rules out that the first of two values comes back after ${count} puts that never returned`, () => {
      const three = reads(3, 7, 3);
      const history = [...puts(count, () => undefined), ...three];
      assertEquals(proofOf(history, maxSteps), ["violated", [{ operations: three, isMinimal: true }]]);
    });

    it(`is answered even if other reads lie in between, after ${count} puts that never returned`, () => {
      const history = [...puts(count, () => undefined), ...reads(1, 3, 3, 7, 7, 9, 3)];
      const [verdict, [proof]] = proofOf(history, maxSteps) as [string, { operations: Operation[] }[]];
      assertEquals([verdict, proof?.operations.at(-1)], ["violated", history.at(-1)]);
    });
  }

  it("raises no false alarm if a put that never returned explains the reads", () => {
    const again: Operation = { client: "again", name: "set", args: ["k", 3], calledAt: 50 };
    const history = [...puts(40, () => undefined), again, ...reads(3, 7, 3)];
    assertEquals(checkLinearizable(history, mapModel()).verdict, "linearizable");
  });

  it("proves nothing that only all operations together rule out", () => {
    const additions = Array.from({ length: 30 }, (_, at): Operation => (
      { client: at, name: "add", args: ["k", 2 ** (at + 1)], calledAt: at }
    ));
    assertEquals(proofOf([...additions, ...reads(1)], 100_000), ["unknown", []]);
  });
});
