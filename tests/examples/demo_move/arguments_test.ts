import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ArgumentError } from "../../../examples/demo/command_line.ts";
import { HELP, readArguments, STORES } from "../../../examples/demo_move/arguments.ts";

describe("the arguments of the demo of a move to a store", () => {
  it("may be left out", () => {
    assertEquals(readArguments([]), { help: false, to: "sqlite", port: 8787 });
  });

  it("name a store and a port", () => {
    for (const to of STORES) assertEquals(readArguments(["--to", to, "--port", "0"]), { help: false, to, port: 0 });
  });

  it("ask for help, which lists the stores", () => {
    assertEquals(readArguments(["--help", "--to", "nonsense"]), { help: true });
    for (const to of STORES) assertStringIncludes(HELP, to);
  });

  it("are refused with one line that says why", () => {
    const refused: [string[], string][] = [
      [["--to", "nonsense"], `--to must be sqlite or redis: received "nonsense"`],
      [["--to="], `: received ""`],
      [["--port", "65536"], `--port must be a port from 0 to 65535: received "65536"`],
      [["--fault", "throws"], "--fault"],
      [["redis"], "redis"],
    ];
    for (const [args, reason] of refused) {
      const { message } = assertThrows(() => readArguments(args), ArgumentError);
      assertStringIncludes(message, reason);
      assertEquals(message.includes("\n"), false);
    }
  });
});
