import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { ReadWriteTurns } from "../../../../src/stores/slots/read_write_turns.ts";

describe("ReadWriteTurns", () => {
  it("lets reads of a key run side by side, each write alone, and all in the order in which they came", async () => {
    await fc.assert(fc.asyncProperty(
      fc.array(fc.record({ isWrite: fc.boolean(), fails: fc.boolean(), key: fc.constantFrom("a", "b") })),
      fc.scheduler(),
      async (tasks, scheduler) => {
        const turns = new ReadWriteTurns();
        const running = new Set<number>();
        const begun: number[] = [];
        const runs = tasks.map(({ isWrite, fails, key }, at) => {
          const begin = async () => {
            const others = [...running].map((other) => tasks[other]!).filter((other) => other.key === key);
            assertEquals(others.some((other) => isWrite || other.isWrite), false);
            const earlier = tasks.slice(0, at).map((_, index) => index).filter((index) =>
              tasks[index]!.key === key && (isWrite || tasks[index]!.isWrite)
            );
            assertEquals(earlier.filter((index) => !begun.includes(index)), []);
            running.add(at);
            begun.push(at);
            await scheduler.schedule(Promise.resolve());
            running.delete(at);
            if (fails) throw new Error("it fails");
            return at;
          };
          return (isWrite ? turns.write(key, begin) : turns.read(key, begin, (answer) => answer)).catch((error) =>
            error.message
          );
        });
        await scheduler.waitFor(Promise.all(runs));
        assertEquals(await Promise.all(runs), tasks.map(({ fails }, at) => fails ? "it fails" : at));
      },
    ));
  });

  it("begins at once where nothing is in the way", () => {
    const turns = new ReadWriteTurns();
    const begun: string[] = [];
    const begin = (name: string) => () => {
      begun.push(name);
      return new Promise<void>(() => {});
    };
    turns.read("a", begin("read"), () => {});
    turns.read("a", begin("another read"), () => {});
    turns.write("b", begin("write"));
    turns.write("a", begin("late write"));
    assertEquals(begun, ["read", "another read", "write"]);
  });
});
