/**
 * Runs a runtime, which need not be installed: `node tools/runtime/x.mjs deno task demo`.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { runtime } from "./runtime.mjs";

const [name, ...args] = process.argv.slice(2);
if (!name) {
  console.error("Usage: node tools/runtime/x.mjs deno|bun|node [argument...]");
  process.exit(2);
}

const child = spawn(runtime(name), args, {
  stdio: "inherit",
  // By default Deno trusts only the certificate authorities that it ships with, not those of this machine.
  env: { DENO_TLS_CA_STORE: "mozilla,system", DENO_NO_UPDATE_CHECK: "1", ...process.env },
});
process.on("SIGTERM", () => child.kill("SIGTERM"));
// A terminal sends Ctrl-C to the child too; a second one would cut its shutdown short.
process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
