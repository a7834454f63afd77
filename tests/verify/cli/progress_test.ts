import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Buffer } from "node:buffer";
import { longTrace, run } from "./command.ts";

const ARGUMENTS = ["replay", "-", "--old", "native", "--new", "native"];

describe("the progress", () => {
  it("is one line that is rewritten during the replay, and erased at the end", async () => {
    let shownAll = () => {};
    const shown = new Promise<void>((resolve) => shownAll = resolve);
    async function* trace(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(longTrace(2_000));
      await shown;
    }
    const { code, out, error } = await run(ARGUMENTS, {
      stdin: trace(),
      isTerminal: true,
      onError: (text) => {
        if (text.includes("2,000 operations")) shownAll();
      },
    });
    assertEquals(code, 0);
    assertMatch(out, /^No diff in /);
    const lines = error.split("\r").slice(1);
    assertEquals(lines.pop(), "\x1b[K");
    assert(lines.length >= 2, error);
    const said = lines.map((line) => line.slice(0, -"\x1b[K".length));
    assertEquals(said[0], "0 operations, 0/s, diff rate 0 %");
    for (const line of said) {
      assertMatch(line, /^[\d,]+ operations, ([\d,.]+\/s|[\d,]+ of [\d,]+ entries swept), diff rate 0 %$/);
    }
  });

  it("is erased before an error message", async () => {
    const { error } = await run(ARGUMENTS, { stdin: "op,key\nset,a\nset\n", isTerminal: true });
    assertMatch(error.slice(error.lastIndexOf("\r")), /^\r.\[Ktwinmap: line 3: .+\n$/);
  });

  it("is not written if stderr is not a terminal", async () => {
    assertEquals((await run(ARGUMENTS, { stdin: longTrace(2_000) })).error, "");
  });
});
