import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { HELP, readArguments } from "../../../examples/demo/arguments.ts";
import { ArgumentError } from "../../../examples/demo/command_line.ts";
import { FAULTS } from "../../../testing/faults.ts";
import { SESSION_FAULTS } from "../../../examples/demo/session_move.ts";

describe("the arguments of the demo", () => {
  it("may be left out", () => {
    assertEquals(readArguments([]), { help: false, fault: undefined, port: 8787 });
  });

  it("name a fault and a port", () => {
    for (const fault of SESSION_FAULTS) {
      assertEquals(readArguments(["--fault", fault, "--port", "0"]), { help: false, fault, port: 0 });
    }
    assertEquals(readArguments(["--port=65535"]), { help: false, fault: undefined, port: 65_535 });
  });

  it("ask for help, which lists the faults", () => {
    assertEquals(readArguments(["--help"]), { help: true });
    for (const name of SESSION_FAULTS) assertStringIncludes(HELP, `  ${name} `);
    for (const name of SESSION_FAULTS) assertStringIncludes(HELP, `  ${FAULTS[name].description}\n`);
  });

  it("are refused with one line that says why", () => {
    const refused: [string[], string][] = [
      [["--fault", "nonsense"], `--fault must be one of ${SESSION_FAULTS.join(", ")}: received "nonsense"`],
      [["--fault", "reorders"], `: received "reorders"`],
      [["--fault", "constructor"], `: received "constructor"`],
      [["--fault="], `: received ""`],
      [["--port", "65536"], `--port must be a port from 0 to 65535: received "65536"`],
      [["--port", "1e3"], `: received "1e3"`],
      [["--port", ""], `: received ""`],
      [["--port"], "--port"],
      [["--nonsense"], "--nonsense"],
      [["nonsense"], "nonsense"],
    ];
    for (const [args, reason] of refused) {
      const { message } = assertThrows(() => readArguments(args), ArgumentError);
      assertStringIncludes(message, reason);
      assertEquals(message.includes("\n"), false);
    }
  });
});
