import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import process from "node:process";

/** What the globals say, and what `process.versions` says: Bun and Deno each name themselves, and Node the others not. */
const byGlobals = ["Deno", "Bun"].filter((name) => name in globalThis).map((
  name,
) => name.toLowerCase());
const byVersions = ["deno", "bun"].filter((name) => name in process.versions);

describe("the suite", () => {
  it("runs on exactly one of Deno, Bun and Node", () => {
    assertEquals(byGlobals.length <= 1, true);
    assertEquals(byGlobals, byVersions);
  });

  it("runs on the runtime that it was started for", () => {
    const runtime = byGlobals[0] ?? "node";
    assertEquals(runtime, process.env.TWINMAP_RUNTIME ?? runtime);
  });
});
