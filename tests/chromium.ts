/** Finds the browser for the tests that need one, and starts it. */
import { existsSync } from "node:fs";
import process from "node:process";
import { type Browser, chromium as playwright } from "playwright-core";

/**
 * The path in `CHROMIUM_PATH`, or else Debian's. `undefined` if nothing is there: tests that need it are then skipped.
 */
export const chromium: string | undefined = [
  process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
].find((path) => existsSync(path));

/** Starts it without a window, and without looking anything up on the internet. */
export function startChromium(): Promise<Browser> {
  return playwright.launch({
    executablePath: chromium,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
