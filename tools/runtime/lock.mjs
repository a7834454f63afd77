/**
 * A lock between processes: a file that holds the id of the process that has the lock. Runs on Node 20 without
 * packages.
 *
 * @module
 */
import { linkSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";

const RETRY_MS = 100;

/**
 * Runs `task` while no other process holds the lock. The lock of a process that has died is taken over.
 *
 * @template T
 * @param {string} file The lock. It exists only while the lock is held.
 * @param {number} longestWaitMs How long to wait for another process.
 * @param {() => T} task
 * @returns {T} What `task` returns.
 * @throws {Error} If another process still holds the lock after `longestWaitMs`.
 */
export function withLock(file, longestWaitMs, task) {
  mkdirSync(dirname(file), { recursive: true });
  const deadlineMs = performance.now() + longestWaitMs;
  for (let isTold = false; !take(file); isTold = true) {
    removeAbandoned(file);
    const owner = ownerOf(file);
    if (owner === undefined) continue;
    if (performance.now() >= deadlineMs) {
      const waited = `process ${owner} has held ${file} for more than ${longestWaitMs / 1_000} s`;
      throw new Error(`Cannot take the lock: ${waited}: end that process, or delete the file`);
    }
    if (!isTold) console.error(`Waiting for process ${owner}, which holds ${file}`);
    sleep(RETRY_MS);
  }
  try {
    return task();
  } finally {
    rmSync(file);
  }
}

/**
 * Creates the file, its content included, in one step.
 *
 * @param {string} file
 * @returns {boolean} Whether it did not exist before.
 */
function take(file) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(draft);
  }
}

/**
 * Removes the file if its owner has died. One process at a time checks and removes: otherwise it could remove a lock
 * that another process has taken since the check.
 *
 * @param {string} file
 */
function removeAbandoned(file) {
  const guard = `${file}.guard`;
  try {
    mkdirSync(guard);
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return;
  }
  try {
    const owner = ownerOf(file);
    if (owner !== undefined && !isRunning(owner)) rmSync(file);
  } finally {
    rmdirSync(guard);
  }
}

/**
 * @param {string} file
 * @returns {number | undefined} The process that holds the lock, if one does.
 */
function ownerOf(file) {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== "ESRCH";
  }
}

/** @param {number} ms */
function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
