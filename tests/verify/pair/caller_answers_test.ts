import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CallerAnswers } from "../../../verify/pair/caller_answers.ts";

const answer = (value: number, version: number | undefined) => ({ side: "old", entry: { value }, version } as const);

describe("CallerAnswers", () => {
  it("gives the last answer about a key once", () => {
    const answers = new CallerAnswers<number>();
    answers.keep("a", answer(1, 5));
    answers.keep("a", answer(2, 5));
    assertEquals(answers.take("a", 5)?.entry, { value: 2 });
    assertEquals(answers.take("a", 5), undefined);
  });

  it("gives none if the key was written since, or while it was read", () => {
    for (const [before, now] of [[5, 6], [5, undefined], [undefined, undefined], [undefined, 5]]) {
      const answers = new CallerAnswers<number>();
      answers.keep("a", answer(1, before));
      assertEquals(answers.take("a", now), undefined);
    }
  });

  it("forgets the oldest of more than 256", () => {
    const answers = new CallerAnswers<number>();
    for (let id = 0; id < 257; id++) answers.keep(id, answer(id, 5));
    assertEquals(answers.take(0, 5), undefined);
    assertEquals(answers.take(1, 5)?.entry, { value: 1 });
  });
});
