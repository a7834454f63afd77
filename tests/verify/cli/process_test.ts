import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, afterEach, beforeAll, describe, it } from "@std/testing/bdd";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Ended, longTrace, TRACE } from "./command.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const MAIN = fileURLToPath(new URL("../../../verify/cli/main.ts", import.meta.url));
const FAULTY = fileURLToPath(new URL("faulty_map.ts", import.meta.url));
const NATIVE = ["--old", "native", "--new", "native"];

/** The arguments that run the command on the runtime of this test. */
const RUN = "Deno" in globalThis ? ["run", "-A", "--no-check", MAIN] : [MAIN];

let folder: string;
const children = new Set<ChildProcessWithoutNullStreams>();

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "twinmap-"))));
afterAll(() => rm(folder, { recursive: true }));
// A child that a failed test left behind would keep the runner waiting.
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

async function module(name: string, code: string): Promise<string> {
  const path = join(folder, `${name}.mjs`);
  await writeFile(path, code);
  return path;
}

/** The command in a process of its own. */
class Command {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  #out = "";
  #error = "";

  constructor(...args: string[]) {
    const child = spawn(process.execPath, [...RUN, ...args], { cwd: ROOT });
    this.child = child;
    children.add(child);
    child.stdout.setEncoding("utf8").on("data", (text: string) => this.#out += text);
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.#error += text);
    // A command that ends early closes its stdin, and writing to it fails.
    child.stdin.on("error", () => {});
    this.ended = once(child, "close").then(([code]) => ({ code, out: this.#out, error: this.#error }));
  }

  /** Not `child.kill`: after it, Deno reports that the signal ended the child, whatever its exit code. */
  interrupt(signal: "SIGINT" | "SIGTERM"): void {
    process.kill(this.child.pid as number, signal);
  }

  /** Waits until stderr matches `pattern`, and returns its first group. */
  async said(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#error);
      if (found !== null) return found[1] ?? "";
      if (this.child.exitCode !== null) throw new Error(`The command ended and had only said: ${this.#error}`);
      await Promise.race([once(this.child.stderr, "data"), this.ended]);
    }
  }
}

function replay(stdin: string, ...options: string[]): Promise<Ended> {
  const command = new Command("replay", "-", ...options);
  command.child.stdin.end(stdin);
  return command.ended;
}

describe("the process", () => {
  it("replays stdin, writes the summary to stdout and nothing to stderr, and ends with 0", async () => {
    const { code, out, error } = await replay(TRACE, ...NATIVE);
    assertEquals([code, error], [0, ""]);
    assertMatch(out, /^No diff in 7 comparisons of about 3 keys\n[^]*\nTo certify .*\n$/);
  });

  it("ends with 1 if there are diffs", async () => {
    const { code, out, error } = await replay(longTrace(3_000), "--old", "native", "--new", FAULTY, "--json");
    assertEquals([code, error], [1, ""]);
    assert(JSON.parse(out).diffs > 0);
  });

  it("ends with 2 if a line is bad, with its number on stderr and nothing on stdout", async () => {
    assertEquals(await replay(`${longTrace(3_000)}put,a\n`, ...NATIVE), {
      code: 2,
      out: "",
      error: 'twinmap: line 3002: op must be one of get, has, set, delete: received "put"\n',
    });
  });

  it("ends with 2 on wrong usage", async () => {
    const { code, out, error } = await new Command("replay").ended;
    assertEquals([code, out], [2, ""]);
    assertMatch(error, /^twinmap: TRACE is missing\nUsage: /);
  });

  it("ends with 2 if the reader of its report is gone", async () => {
    const command = new Command("replay", "-", ...NATIVE);
    command.child.stdout.destroy();
    command.child.stdin.end(TRACE);
    const { code, error } = await command.ended;
    assertEquals(code, 2);
    assertMatch(error, /^twinmap: Cannot write to stdout: /);
  });

  it("ends with 2 if a map's module throws from a timer, where runtimes end with 1", async () => {
    for (const [name, fails] of [["throws", "() => {"], ["rejects", "async () => {"]] as const) {
      const later = `setTimeout(${fails} throw new Error("too late"); });\n`;
      const path = await module(name, `${later}export default () => new Promise(() => {});\n`);
      const ended = await replay(TRACE, "--old", "native", "--new", path);
      assertEquals([ended.code, ended.out], [2, ""]);
      assertStringIncludes(ended.error, "twinmap: Error: too late\n");
    }
  });

  it("ends with 2 if a map's module ends the process before the report", async () => {
    const exits = ["process.exit(0)", "process.exit()", "process.exit(1)"];
    if ("Deno" in globalThis) exits.push("Deno.exit(0)", "Deno.exit()");
    for (const [i, exit] of exits.entries()) {
      const path = await module(`exits_${i}`, `import process from "node:process";\n${exit};\n`);
      const ended = await replay(TRACE, "--old", "native", "--new", path);
      assertEquals(ended, { code: 2, out: "", error: "twinmap: a map's module ended the process\n" }, exit);
    }
  });

  it("ends even if a map's module leaves a timer behind", async () => {
    const path = await module("timer", "setInterval(() => {}, 1_000);\nexport default () => new Map();\n");
    assertEquals((await replay(TRACE, "--old", "native", "--new", path)).code, 0);
  });

  it("ends with 130 and no report if it is interrupted, even while it waits for a map", async () => {
    const code = 'console.error("making");\nexport default () => new Promise(() => {});\n';
    const never = await module("never", code);
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const command = new Command("replay", "-", "--old", "native", "--new", never);
      await command.said(/making/);
      command.interrupt(signal);
      assertEquals(await command.ended, {
        code: 130,
        out: "",
        error: "making\ntwinmap: interrupted before there was a report\n",
      });
    }
  });

  it("serves the report during the replay, and after it until it is interrupted", async () => {
    const command = new Command("replay", "-", ...NATIVE, "--serve", "0");
    const address = await command.said(/^The report is at (http:\/\/127\.0\.0\.1:\d+\/)\n/);
    const before = await (await fetch(`${address}report`)).json();
    assertEquals([before.name, before.operations], ["replay", { reads: 0, writes: 0 }]);
    command.child.stdin.end(TRACE);
    await command.said(/^The report stays at (.+) until Ctrl-C\n/m);
    const after = await (await fetch(`${address}report`)).json();
    assertEquals([after.stage, after.operations], ["shadow", { reads: 3, writes: 3 }]);
    command.interrupt("SIGINT");
    const { code, out } = await command.ended;
    assertEquals(code, 0);
    assertMatch(out, /^No diff in 7 comparisons/);
  });
});
