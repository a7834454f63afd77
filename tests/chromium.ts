/** Where the tests that need a browser find one. */
import { existsSync } from "node:fs";
import process from "node:process";

/** The path that CHROMIUM_PATH names, else Debian's; `undefined` if nothing is there: then those tests are skipped. */
export const chromium: string | undefined = [
  process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
].find((path) => existsSync(path));
