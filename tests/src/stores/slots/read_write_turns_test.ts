import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { ManualClock } from "@twinmap/twinmap/testing";
import { Deadlines } from "../../../../src/async/deadlines.ts";
import { ReadWriteTurns } from "../../../../src/stores/slots/read_write_turns.ts";

describe("ReadWriteTurns", () => {
  it("lets reads of a key run side by side, each write alone, and all in the order in which they came", async () => {
    await fc.assert(fc.asyncProperty(
      fc.array(fc.record({ isWrite: fc.boolean(), fails: fc.boolean(), key: fc.constantFrom("a", "b") })),
      fc.scheduler(),
      async (tasks, scheduler) => {
        const turns = new ReadWriteTurns(new Deadlines(new ManualClock(), 1_000));
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
    const turns = new ReadWriteTurns(new Deadlines(new ManualClock(), 1_000));
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

  it("waits for nobody for longer than the limit", async () => {
    const clock = new ManualClock();
    const turns = new ReadWriteTurns(new Deadlines(clock, 1_000));
    const never = () => new Promise<void>(() => {});
    const answer = () => Promise.resolve("answer");
    const own = (answer: unknown) => answer;
    turns.read("a", never, own);
    turns.write("a", never);
    const read = turns.read("a", answer, own);
    const write = turns.write("a", answer);
    for (let waiting = 0; waiting < 3; waiting++) await clock.advance(1_000);
    assertEquals([await read, await write], ["answer", "answer"]);
    assertEquals(await turns.read("a", answer, own), "answer");
  });

  it("takes what throws at once for a failure, and leaves the key to others", async () => {
    const turns = new ReadWriteTurns(new Deadlines(new ManualClock(), 1_000));
    const failing = (): Promise<void> => {
      throw new Error("at once");
    };
    await assertRejects(() => turns.read("a", failing, () => {}), Error, "at once");
    await assertRejects(() => turns.write("a", failing), Error, "at once");
    assertEquals(await turns.write("a", () => Promise.resolve("written")), "written");
  });
});
