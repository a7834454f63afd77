import { assert, assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import type { Browser } from "playwright-core";
import { chromium, startChromium } from "../chromium.ts";
import { type RunningServer, serveNatively } from "../verify/server/serve.ts";
import { bundled, hasPackages } from "./bundle.ts";
import type { Outcome } from "./in_browser.ts";

/**
 * What an import may cost whoever sends it to a browser, in bytes of one minified module. `NativeMap.adopt` checks options and
 * knows maps of other realms: 3 KB. In a twin, the gate and its statistics, hashes under a secret, comparisons that can pause, and
 * guards against clocks and traits that fail take 25 KB; the alarm, the latency test and the owner's checks 7 KB; the comparison of sizes and iterations at the end of a sweep 5 KB; and
 * since `twin` chooses by the maps it is given, the twin of stores, with `lift`, its journal and its two faces, another 55 KB.
 */
const LIMITS = [
  { imported: "NativeMap", atMost: 8 * 1024 },
  { imported: "twin", atMost: 152 * 1024 },
];

/** Shared memory exists only on a page that is isolated from other origins. */
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

describe("a bundle", { ignore: !hasPackages }, () => {
  for (const { imported, atMost } of LIMITS) {
    it(`has at most ${atMost} bytes for ${imported}`, async () => {
      const { length } = await bundled(`export { ${imported} } from "@twinmap/twinmap"`);
      assert(length > 0 && length <= atMost, `${imported} takes ${length} bytes, minified; ${atMost} are allowed`);
    });
  }
});

describe("a bundle in Chromium", { ignore: !hasPackages || chromium === undefined }, () => {
  let browser: Browser;
  let server: RunningServer;
  let script: string;

  beforeAll(async () => {
    script = await bundled(`import { run } from "./tests/bundle/in_browser.ts"; globalThis.outcome = run();`);
    server = await serveNatively(({ url }) => {
      const [body, type] = url.endsWith("/script.js")
        ? [script, "text/javascript"]
        : [`<!doctype html><title>Bundle</title><script type="module" src="script.js"></script>`, "text/html"];
      return new Response(body, { headers: { ...ISOLATED, "Content-Type": `${type}; charset=utf-8` } });
    });
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it("runs a twin, its report and a shared map", async () => {
    const page = await browser.newPage();
    await page.goto(server.url);
    const globals = await page.evaluate("[crossOriginIsolated, typeof process, typeof setImmediate]");
    assertEquals(globals, [true, "undefined", "undefined"]);
    const { described, diffs, policy, recent, shared, stage, statuses, verdict } = await page.evaluate<Outcome>(
      "outcome",
    );

    assertEquals([stage, diffs, recent[0]?.kind, recent[0]?.old], ["shadow", 1, "value", "Object(1 keys)"]);
    assertMatch(recent[0]?.key ?? "", /^[0-9a-f]{12}$/);
    assertMatch(verdict ?? "", />1<\/data> diff in /);
    assertMatch(policy ?? "", /style-src 'sha256-.{44}'; script-src 'sha256-.{44}'/);
    assertEquals(statuses, [401, 200], "control is for who has the token");
    assertEquals(described, [
      ...["object that cannot be inspected", "Array(1)"],
      ...["object(0 keys)", "[object {}]"],
      ...[`Array(${2 ** 53})`, "[[nothing, nothing, "],
    ], "nothing throws, or runs forever");
    assertEquals(shared, [4, true, 7], "every character is kept");
  });
});
