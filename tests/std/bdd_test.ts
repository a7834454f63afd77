import { assertEquals } from "@std/assert";
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from "@std/testing/bdd";

const events: string[] = [];

describe("@std/testing/bdd", () => {
  describe("with hooks", () => {
    beforeAll(() => void events.push("beforeAll"));
    beforeEach(async () => {
      await Promise.resolve();
      events.push("beforeEach");
    });
    afterEach(() => void events.push("afterEach"));
    afterAll(() => void events.push("afterAll"));

    it("runs a first test", () => void events.push("first"));

    describe("and a group within", () => {
      beforeEach(() => void events.push("inner beforeEach"));
      it("runs a second test", async () => {
        await Promise.resolve();
        events.push("second");
      });
    });
  });

  it("has run hooks and tests in order", () => {
    const first = ["beforeAll", "beforeEach", "first", "afterEach"];
    const second = ["beforeEach", "inner beforeEach", "second", "afterEach", "afterAll"];
    assertEquals(events, [...first, ...second]);
  });
});
