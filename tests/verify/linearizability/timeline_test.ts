import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { checkLinearizable, type Model, type Operation } from "@twinmap/twinmap/linearizability";
import fc from "fast-check";
import { timeline } from "../../../verify/linearizability/timeline.ts";

function op(
  client: string | number,
  calledAt: number,
  returnedAt: number,
  name: string,
  args: unknown[],
  result?: unknown,
) {
  return result === undefined
    ? { client, name, args, calledAt, returnedAt }
    : { client, name, args, calledAt, returnedAt, result };
}

/** The text without the heading's indentation. */
const lines = (text: string) => text.trim().split("\n").map((line) => line.trimEnd());

describe("a timeline", () => {
  it("has a row for each client, and bars that overlap as the calls did", () => {
    const text = timeline([
      op(1, 0, 50, "set", ["k", 1]),
      op("worker 2", 10, 20, "get", ["k"], 1),
      op(3, 30, 60, "get", ["k"], 0),
      op("worker 2", 55, 58, "has", ["k"], true),
    ]);
    assertEquals(
      lines(text),
      lines(`
client 1           ├ set("k", 1) ────┤
client "worker 2"   ├ get("k") → 1 ┤  ├ has("k") → true ┤
client 3                            ├ get("k") → 0 ──────┤
`),
    );
  });

  it("is part of a violation, under a heading that names the part", () => {
    const counter: Model<number> = {
      initial: 0,
      operations: { add: (sum, delta: number) => ({ state: sum + delta, result: sum + delta }) },
    };
    const { violations } = checkLinearizable([
      op(0, 0, 9, "add", [1], 1),
      op(1, 1, 8, "add", [1], 1),
      op(2, 20, 21, "add", [1], 3),
    ], counter);
    assertEquals(
      lines(violations[0]?.timeline ?? ""),
      lines(`
No order explains these 2 of 3 operations, from the first state on.
client 0  ├ add(1) → 1 ──┤
client 1   ├ add(1) → 1 ┤
`),
    );
  });

  it("cuts long values, and escapes what a terminal would take for a command", () => {
    const text = timeline([op("\x1b[2J", 0, 1, "s\net", ["x".repeat(1_000), "\u202e"], new Uint8Array(1_000))]);
    assertEquals(
      text,
      `client "\\u001b[2J"  ├ s\\u{a}et("${"x".repeat(23)}…, "\\u202e") → Uint8Array [0, 0, 0, 0, … ┤`,
    );
  });

  it("continues below if it is wide, without the clients that do nothing there", () => {
    const long = op("long", 0, 300, "set", ["key", 1]);
    const operations = Array.from(
      { length: 24 },
      (_, at) => op(at < 12 ? 0 : 1, 10 * at + 1, 10 * at + 2, "get", [at], at),
    );
    const blocks = timeline([long, ...operations]).split("\n\n").map((block) => block.split("\n"));
    assert(blocks.flat().every((line) => line.length <= 140));
    const clients = blocks.map((block) => block.map((line) => line.slice(7, 13).trim()));
    assertEquals([clients[0], clients.at(-1)], [['"long"', "0"], ['"long"', "1"]]);
    const row = (client: string) =>
      blocks.flat().filter((line) => line.startsWith(`client ${client} `)).map((line) => line.slice(15)).join("");
    assertEquals([row("0").match(/get/g)?.length, row("1").match(/get/g)?.length], [12, 12]);
  });

  it("shows a hundred operations, and how many more there are", () => {
    const operations = Array.from({ length: 5_000 }, (_, at) => op(at, at, at + 1, "get", [at], at));
    const text = timeline(operations);
    assertEquals([text.match(/├/g)?.length, text.endsWith("\n\n… and 4900 more")], [100, true]);
  });

  it("shows two bars side by side exactly if the calls overlapped", () => {
    const durations = fc.array(
      fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(fc.property(durations, (durations) => {
      const ends = [0, 0, 0];
      let at = 0;
      const operations: Operation[] = durations.map(([client, pause, duration]) => {
        // No two times are equal.
        const calledAt = (ends[client] as number) + pause + ++at / 100;
        ends[client] = calledAt + duration + 0.001;
        return op(client, calledAt, ends[client], `${String.fromCharCode(96 + at)}`, []);
      }).sort((a, b) => a.calledAt - b.calledAt);
      const bars = barsOf(timeline(operations));
      for (const a of operations) {
        for (const b of operations) {
          const [first, second] = [bars.get(a.name) as Bar, bars.get(b.name) as Bar];
          const isBefore = (a.returnedAt as number) < b.calledAt;
          assertEquals(first.end < second.begin, isBefore, timeline(operations));
        }
      }
    }));
  });
});

interface Bar {
  readonly begin: number;
  readonly end: number;
}

/** The place of each bar, by the name of its call. */
function barsOf(text: string): Map<string, Bar> {
  const bars = text.split("\n").flatMap((row) => [...row.matchAll(/├ (\w+)\(\) ─*┤/g)]);
  return new Map(bars.map((match) => [
    match[1] as string,
    { begin: match.index, end: match.index + match[0].length - 1 },
  ]));
}
