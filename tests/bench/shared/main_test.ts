import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { KEY_COUNT } from "../../../bench/lib/keys.ts";
import { draws } from "../../../bench/shared/contenders.ts";
import { operationNs } from "../../../bench/shared/crew.ts";

describe("the draws of the shared map's benchmark", () => {
  it("contain every key twice, with two other keys as its values", () => {
    const valuesOf = new Map<string, Set<string>>();
    for (const [i, key] of draws.entries()) {
      valuesOf.set(key, (valuesOf.get(key) ?? new Set()).add(draws[i ^ 1] as string));
    }
    assertEquals(draws.length, 2 * KEY_COUNT);
    assertEquals(valuesOf.size, KEY_COUNT);
    assertEquals([...valuesOf].filter(([key, values]) => values.size !== 2 || values.has(key)).length, 0);
  });
});

describe("workers that start together", () => {
  it("take half the time per operation if each does as much as one alone", () => {
    const alone = { operations: 1_000, elapsedMs: 1 };
    assertEquals(operationNs([alone]), 1_000);
    assertEquals(operationNs([alone, alone]), 500);
    assertEquals(operationNs([alone, { operations: 500, elapsedMs: 1.5 }]), 750);
  });
});
