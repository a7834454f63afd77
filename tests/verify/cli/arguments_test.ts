import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { readArguments } from "../../../verify/cli/arguments.ts";
import { InputError } from "../../../verify/cli/input_error.ts";

const MAPS = ["--old", "native", "--new", "./mine.ts"];

function refusalOf(...args: string[]): string {
  const { message } = assertThrows(() => readArguments(args), InputError);
  const [reason = "", ...usage] = message.split("\n");
  assertEquals(usage, [
    "Usage: twinmap replay TRACE --old MAP --new MAP [option]...",
    "       twinmap doctor OLD NEW [option]...",
    "       twinmap diff OLD NEW [option]...",
    "       twinmap undo FILE NEW [option]...; more: twinmap --help",
  ]);
  return reason;
}

describe("readArguments()", () => {
  it("takes a trace and two maps, and has defaults for the rest", () => {
    assertEquals(readArguments(["replay", "-", ...MAPS]), {
      command: "replay",
      trace: "-",
      oldMap: "native",
      newMap: "./mine.ts",
      stage: "shadow",
      sample: 1,
      loadsMisses: false,
      reveal: false,
      json: false,
      port: undefined,
      allowedHosts: [],
    });
  });

  it("takes every option, in any order", () => {
    const options = ["--stage", "live", "--sample", "1e-3", "--on-miss=load", "--serve", "0", "--json", "--reveal"];
    const hosts = ["--allow-host", "Twins.example", "--allow-host", "[::2]"];
    assertEquals(readArguments([...options, ...hosts, "replay", ...MAPS, "t.csv.gz"]), {
      command: "replay",
      trace: "t.csv.gz",
      oldMap: "native",
      newMap: "./mine.ts",
      stage: "live",
      sample: 0.001,
      loadsMisses: true,
      reveal: true,
      json: true,
      port: 0,
      allowedHosts: ["twins.example", "[::2]"],
    });
  });

  it("takes two maps for the doctor", () => {
    const asked = { command: "doctor", oldMap: "native", newMap: "sqlite:a.db#t", reveal: false, json: false } as const;
    assertEquals(readArguments(["doctor", "native", "sqlite:a.db#t"]), asked);
    const all = { ...asked, reveal: true, json: true };
    assertEquals(readArguments(["--json", "doctor", "--reveal", "native", "sqlite:a.db#t"]), all);
    assertEquals(refusalOf("doctor"), "OLD is missing");
    assertEquals(refusalOf("doctor", "native"), "NEW is missing");
    assertEquals(refusalOf("doctor", "a", "b", "c"), "there must be OLD and NEW alone: received 3 maps");
    assertEquals(refusalOf("doctor", "a", "b", "--stage", "live"), "--stage is no option of doctor");
  });

  it("accepts --help and --version without the required arguments", () => {
    assertEquals(readArguments(["--help"]), { command: "help" });
    assertEquals(readArguments(["replay", "--version"]), { command: "version" });
  });

  it("says which argument is missing", () => {
    assertEquals(refusalOf(), "a command is missing");
    assertEquals(refusalOf("replay", ...MAPS), "TRACE is missing");
    assertEquals(refusalOf("replay", "-", "--new", "native"), "--old MAP is missing");
    assertEquals(refusalOf("replay", "-", "--old", "native"), "--new MAP is missing");
    assertEquals(refusalOf("replay", "-", "--new", "native", "--old"), "Option '--old <value>' argument missing");
  });

  it("says which argument is unknown or one too many", () => {
    assertEquals(refusalOf("play", "-", ...MAPS), "unknown command play");
    assertEquals(refusalOf("replay", "a", "b", ...MAPS), "there must be exactly one TRACE: received 2");
    assertEquals(refusalOf("replay", "-", ...MAPS, "--fast"), "Unknown option '--fast'");
    assertEquals(refusalOf("replay", "-", ...MAPS, "--json=1"), "Option '--json' does not take an argument");
  });

  it("says which values an option allows", () => {
    const refused = (...options: string[]) => refusalOf("replay", "-", ...MAPS, ...options);
    assertEquals(
      refused("--stage", "Live"),
      "--stage must be one of off, dualwrite, shadow, live, rampdown, complete: received Live",
    );
    for (const rate of ["1.1", "-0", "x", "", "0x1", "1.2.3", "NaN"]) {
      assertEquals(refused(`--sample=${rate}`), `--sample must be a number from 0 to 1: received "${rate}"`);
    }
    for (const port of ["65536", "80.5", "", "-1"]) {
      assertEquals(refused(`--serve=${port}`), `--serve must be a port from 0 to 65535: received "${port}"`);
    }
    for (const host of ["", "a:80", "http://a", "a/b"]) {
      assertEquals(
        refused("--serve=0", `--allow-host=${host}`),
        `--allow-host must be a host name without a port: received "${host}"`,
      );
    }
    assertEquals(refused("--allow-host", "a"), "--allow-host needs --serve PORT");
    assertEquals(refused("--on-miss", "wait"), "--on-miss must be load: received wait");
  });
});
