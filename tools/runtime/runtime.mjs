/**
 * Finds the runtimes, and installs those that are missing. Runs on Node 20 without packages.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { withLock } from "./lock.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const runtimes = fileURLToPath(new URL(".", import.meta.url));
/** @type {Record<string, string>} */
const pinned = JSON.parse(readFileSync(join(runtimes, "package.json"), "utf8")).dependencies;
const installLock = join(root, ".artifacts", "install.lock");
const LONGEST_INSTALL_MS = 10 * 60_000;

/**
 * Returns the command of a runtime: the one on PATH if it is at least as new as the pinned one, else the pinned one.
 * Installs what is missing first.
 *
 * @param {string} name `deno`, `bun` or `node`.
 * @returns {string}
 * @throws {Error} If there is no such runtime, or it cannot be installed.
 */
export function runtime(name) {
  const wanted = pinned[name];
  if (!wanted) throw new Error(`Cannot run ${name}: the runtime must be one of ${Object.keys(pinned).join(", ")}`);
  // Deno keeps packages in a cache of its own.
  if (name !== "deno") install(root, "the packages of the tests");
  if (isAtLeast(version(name), wanted)) return name;
  install(runtimes, Object.entries(pinned).map((pin) => pin.join(" ")).join(", "));
  return join(runtimes, "node_modules", ".bin", name);
}

/**
 * @param {string} command
 * @returns {string | undefined} The version that `command` prints; `undefined` if it cannot be run.
 */
export function version(command) {
  return spawnSync(command, ["--version"], { encoding: "utf8" }).stdout?.match(/\d+\.\d+\.\d+/)?.[0];
}

/**
 * @param {string | undefined} found
 * @param {string} wanted
 */
function isAtLeast(found, wanted) {
  return found !== undefined && found.localeCompare(wanted, "en", { numeric: true }) >= 0;
}

/**
 * Installs what the lockfile in `folder` says, unless it is installed already. Only one process installs at a time.
 *
 * @param {string} folder
 * @param {string} what
 */
function install(folder, what) {
  if (isInstalled(folder)) return;
  withLock(installLock, LONGEST_INSTALL_MS, () => {
    // Another process may have installed it meanwhile.
    if (!isInstalled(folder)) npmCi(folder, what);
  });
}

/**
 * @param {string} folder
 * @param {string} what
 */
function npmCi(folder, what) {
  console.error(`Installing ${what} into ${relative(process.cwd(), join(folder, "node_modules"))}`);
  const options = ["--include=dev", "--loglevel=error", "--no-audit", "--no-fund"];
  const stdio = ["ignore", "ignore", "inherit"];
  const { status, error } = spawnSync("npm", ["ci", ...options], { cwd: folder, stdio });
  if (status !== 0) throw new Error(`Cannot install ${what}: npm ci failed in ${folder}`, { cause: error });
}

/**
 * npm writes its own copy of the lockfile last: a copy that is missing or older means a broken or stale install.
 *
 * @param {string} folder
 */
function isInstalled(folder) {
  const installed = statSync(join(folder, "node_modules", ".package-lock.json"), { throwIfNoEntry: false });
  return installed !== undefined && installed.mtimeMs >= statSync(join(folder, "package-lock.json")).mtimeMs;
}
