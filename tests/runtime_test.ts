import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import process from "node:process";

/** The runtime according to the globals, and to `process.versions`; neither names Node. */
const byGlobals = ["Deno", "Bun"].filter((name) => name in globalThis).map((name) => name.toLowerCase());
const byVersions = ["deno", "bun"].filter((name) => name in process.versions);

describe("the suite", () => {
  it("runs on exactly one of Deno, Bun and Node", () => {
    assertEquals(byGlobals.length <= 1, true);
    assertEquals(byGlobals, byVersions);
  });

  it("runs on the runtime that TWINMAP_RUNTIME names, if it is set", () => {
    const runtime = byGlobals[0] ?? "node";
    assertEquals(runtime, process.env.TWINMAP_RUNTIME ?? runtime);
  });
});
