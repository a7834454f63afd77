import { assertEquals } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { systemClock } from "@twinmap/twinmap";

const { setImmediate: platforms } = globalThis;

describe("systemClock.schedule()", () => {
  afterEach(() => {
    globalThis.setImmediate = platforms;
  });

  for (const turns of ["setImmediate", "messages, as in a browser"]) {
    it(`runs a task once, and never within the call, by ${turns}`, async () => {
      if (turns !== "setImmediate") Reflect.deleteProperty(globalThis, "setImmediate");
      const happened: string[] = [];
      const { promise, resolve } = Promise.withResolvers<void>();
      systemClock.schedule(() => happened.push("task"), 0);
      happened.push("caller");
      queueMicrotask(() => happened.push("microtask"));
      systemClock.schedule(() => systemClock.schedule(resolve, 0), 0);
      await promise;
      assertEquals(happened, ["caller", "microtask", "task"]);
    });
  }

  it("runs a delayed task after those without a delay", async () => {
    const happened: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    systemClock.schedule(() => {
      happened.push("delayed");
      resolve();
    }, 20);
    systemClock.schedule(() => happened.push("next turn"), 0);
    await promise;
    assertEquals(happened, ["next turn", "delayed"]);
  });
});
