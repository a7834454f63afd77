import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { differences } from "../../../tools/test/same_tests.ts";

type Outcome = "passed" | "failed" | "skipped";

function run(runtime: string, ...tests: [name: string, outcome: Outcome][]) {
  return { runtime, results: tests.map(([name, outcome]) => ({ name, outcome, message: "" })) };
}

describe("differences()", () => {
  it("finds none if the same tests were run, in any order and with any outcome", () => {
    const deno = run("deno", ["a", "passed"], ["b", "failed"], ["c", "skipped"], ["a", "passed"]);
    const bun = run("bun", ["c", "skipped"], ["a", "passed"], ["a", "failed"], ["b", "passed"]);
    assertEquals(differences([deno, bun]), []);
  });

  it("names the tests that a runtime left out, ran more often, or skipped alone", () => {
    const deno = run("deno", ["a", "passed"], ["b", "skipped"]);
    const node = run("node", ["a", "passed"], ["a", "passed"], ["b", "passed"], ["c", "passed"]);
    assertEquals(differences([deno, node]), [
      "a: 1 on deno, 2 on node",
      "b (skipped): 1 on deno, 0 on node",
      "b: 0 on deno, 1 on node",
      "c: 0 on deno, 1 on node",
    ]);
  });
});
