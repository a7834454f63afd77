import { assertEquals } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
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

    it(`runs no task that was cancelled, by ${turns}`, async () => {
      if (turns !== "setImmediate") Reflect.deleteProperty(globalThis, "setImmediate");
      const happened: string[] = [];
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancels = [0, 1].map((delayMs) => systemClock.schedule(() => happened.push(`after ${delayMs}`), delayMs));
      for (const cancel of cancels) cancel?.();
      systemClock.schedule(resolve, 10);
      await promise;
      assertEquals(happened, []);
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

  it("lets the process end before a task that is unreferenced", async () => {
    const run = "Deno" in globalThis ? ["run", "-A", "--no-check"] : [];
    const file = fileURLToPath(new URL("unref_process.ts", import.meta.url));
    const child = spawn(process.execPath, [...run, file], { timeout: 30_000 });
    let out = "";
    child.stdout.on("data", (text: Uint8Array) => out += new TextDecoder().decode(text));
    const [code] = await once(child, "close");
    assertEquals([code, out.trim()], [0, "scheduled"]);
  });
});
