/** What `tests/copies_model_test.ts` explores, where that takes too long for every run of the tests. */
import { describe, it } from "@std/testing/bdd";
import { type Call, COMPARED, fails, holds } from "../explored_twins.ts";

const set = (...values: number[]): Call[] => values.map((value) => ["set", value]);

describe("twins of two stores, in every order of their commands,", () => {
  it("give no diff, where one twin compares and reads are answered late", () =>
    holds({ ...COMPARED, twins: [{ callers: [set(2)] }] }));

  it("give a false diff, where they do not ask each other", () =>
    fails({ ...COMPARED, twins: [{ callers: [set(2)] }], areStrangers: true }));

  it("give no diff, where another twin writes twice", () =>
    holds({ ...COMPARED, twins: [{ callers: [set(2, 1)] }], readsAnswerAtOnce: true }));
});
