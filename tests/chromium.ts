/** Where the tests that need a browser find one. */
import { existsSync } from "node:fs";
import process from "node:process";

/** The path in CHROMIUM_PATH, or else Debian's. `undefined` if nothing is there: then a test skips itself, and says "(needs Chromium)" in its name. */
export const chromium: string | undefined = [
  process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
].find((path) => existsSync(path));
