import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const tools = fileURLToPath(new URL("../../../tools/runtime/", import.meta.url));

/** Waits for the file `go`, then installs a Deno that prints its arguments. */
const FAKE_NPM = `#!/usr/bin/env node
const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require("node:fs");
appendFileSync(process.env.PROJECT + "/npm.log", process.cwd() + "\\n");
const sleeper = new Int32Array(new SharedArrayBuffer(4));
while (existsSync(process.env.PROJECT) && !existsSync(process.env.PROJECT + "/go")) Atomics.wait(sleeper, 0, 0, 10);
mkdirSync("node_modules/.bin", { recursive: true });
writeFileSync("node_modules/.bin/deno", "#!/bin/sh\\necho installed deno $*\\n", { mode: 0o755 });
writeFileSync("node_modules/.package-lock.json", "{}");
`;

let project = "";
const file = (path: string): string => `${project}/${path}`;

/** A launcher that was started, and all that it has printed so far. */
interface Launcher {
  readonly child: ChildProcess;
  printed: string;
}

function launch(): Launcher {
  const child = spawn("node", [file("tools/runtime/x.mjs"), "deno", "task", "demo"], {
    env: { ...process.env, PROJECT: project, PATH: `${file("bin")}:${process.env.PATH}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const launcher: Launcher = { child, printed: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => launcher.printed += data);
  return launcher;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}

async function exitCode({ child }: Launcher): Promise<number> {
  return (await once(child, "close"))[0];
}

function installs(): number {
  return existsSync(file("npm.log")) ? readFileSync(file("npm.log"), "utf8").split("\n").length - 1 : 0;
}

describe("the launcher", () => {
  beforeEach(() => {
    project = mkdtempSync(`${tmpdir()}/twinmap-launcher-`);
    for (const name of ["x.mjs", "runtime.mjs", "lock.mjs", "package.json", "package-lock.json"]) {
      cpSync(tools + name, file(`tools/runtime/${name}`));
    }
    mkdirSync(file("bin"));
    writeFileSync(file("bin/npm"), FAKE_NPM);
    writeFileSync(file("bin/deno"), "#!/bin/sh\necho deno 1.0.0\n");
    for (const name of ["npm", "deno"]) chmodSync(file(`bin/${name}`), 0o755);
  });
  afterEach(() => rmSync(project, { recursive: true }));

  it("installs the runtime if the one on PATH is too old, and runs it", async () => {
    writeFileSync(file("go"), "");
    const launcher = launch();
    assertEquals(await exitCode(launcher), 0);
    assertStringIncludes(launcher.printed, "installed deno task demo");
    assertEquals(installs(), 1);
  });

  it("installs nothing that is already installed", async () => {
    writeFileSync(file("go"), "");
    for (const _ of [1, 2]) assertEquals(await exitCode(launch()), 0);
    assertEquals(installs(), 1);
  });

  it("waits for another launcher that is installing, says so, and does not install again", async () => {
    const first = launch();
    await until(() => installs() === 1);
    const second = launch();
    const ended = Promise.all([exitCode(first), exitCode(second)]);
    await until(() => second.printed.includes("Waiting for process"));
    writeFileSync(file("go"), "");
    assertEquals(await ended, [0, 0]);
    for (const { printed } of [first, second]) assertStringIncludes(printed, "installed deno task demo");
    assertStringIncludes(second.printed, `Waiting for process ${first.child.pid}`);
    assertEquals(installs(), 1);
  });

  it("takes over from a launcher that died while it installed", async () => {
    const { pid } = spawnSync("node", ["--version"]);
    mkdirSync(file(".artifacts"));
    writeFileSync(file(".artifacts/install.lock"), String(pid));
    writeFileSync(file("go"), "");
    const launchers = [launch(), launch()];
    assertEquals(await Promise.all(launchers.map(exitCode)), [0, 0]);
    assertEquals(installs(), 1);
    assertEquals(existsSync(file(".artifacts/install.lock")), false);
  });
});
