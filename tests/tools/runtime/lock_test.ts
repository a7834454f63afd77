import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { withLock } from "../../../tools/runtime/lock.mjs";

describe("withLock()", () => {
  let folder = "";
  let file = "";
  beforeEach(() => {
    folder = mkdtempSync(`${tmpdir()}/twinmap-lock-`);
    file = `${folder}/locks/install.lock`;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("names its process in the file while the task runs, and returns what the task returns", () => {
    assertEquals(withLock(file, 0, () => readFileSync(file, "utf8")), String(process.pid));
    assertEquals(readdirSync(`${folder}/locks`), []);
  });

  it("releases the lock if the task throws", () => {
    const task = () => {
      throw new Error("mine");
    };
    assertThrows(() => withLock(file, 0, task), Error, "mine");
    assertEquals(existsSync(file), false);
  });

  it("gives up after the longest wait, and says who holds the lock and what to do", () => {
    withLock(file, 0, () => {
      const { message } = assertThrows(() => withLock(file, 0, () => "never"), Error);
      assertStringIncludes(message, `process ${process.pid} has held ${file} for more than 0 s`);
      assertStringIncludes(message, "end that process, or delete the file");
      assertEquals(existsSync(file), true);
    });
  });

  it("takes over the lock of a process that has died", () => {
    withLock(file, 0, () => {});
    // No process has so high a number.
    writeFileSync(file, String(2 ** 30));
    assertEquals(withLock(file, 0, () => readFileSync(file, "utf8")), String(process.pid));
  });
});
