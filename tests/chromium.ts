/** Finds the browser for the tests that need one. */
import { existsSync } from "node:fs";
import process from "node:process";

/** The path in `CHROMIUM_PATH`, or else Debian's. `undefined` if nothing is there: tests that need it are then skipped. */
export const chromium: string | undefined = [
  process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
].find((path) => existsSync(path));
