import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Connection } from "../../../examples/demo_move/connection.ts";
import { SLOW_MS } from "../../../examples/demo_move/new_store.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

/** A connection, and what was carried out at its other end. */
function begin() {
  const clock = new ManualClock();
  const connection = new Connection(clock);
  const done: string[] = [];
  const send = (name: string) => connection.send(() => done.push(name));
  return { clock, connection, done, send };
}

describe("Connection", () => {
  it("carries out a command, and returns its answer", async () => {
    assertEquals(await begin().connection.send(() => "answer"), "answer");
  });

  it("carries out what hangs once it works again, in the order in which it came", async () => {
    const { clock, connection, done, send } = begin();
    connection.state = "hangs";
    const answers = [send("a"), send("b")];
    await clock.advance(60_000);
    assertEquals(done, []);
    connection.state = "works";
    await Promise.all([...answers, send("c")]);
    assertEquals(done, ["c", "a", "b"]);
  });

  it("takes its time while it is slow", async () => {
    const { clock, connection, done, send } = begin();
    connection.state = "slow";
    const answer = send("a");
    await clock.advance(SLOW_MS - 1);
    assertEquals(done, []);
    await clock.advance(1);
    await answer;
    assertEquals(done, ["a"]);
  });

  it("carries out a command whose answer gets lost", async () => {
    const { connection, done, send } = begin();
    connection.state = "loses answers";
    await assertRejects(() => send("a"), Error, "The connection is lost");
    assertEquals(done, ["a"]);
  });
});
