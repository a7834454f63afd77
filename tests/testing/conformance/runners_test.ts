/** Registers the suite with the test function that comes with the runtime, as a user would. */
import process from "node:process";
import { test as nodeTest } from "node:test";
import { conformance, type RegisterTest } from "@twinmap/twinmap/testing";
import { MinimalMap } from "../../conformance/minimal_map.ts";

async function testOfRuntime(): Promise<RegisterTest> {
  if ("Deno" in globalThis) return (globalThis as unknown as { Deno: { test: RegisterTest } }).Deno.test;
  if (process.versions.bun === undefined) return nodeTest;
  const bunTest = "bun:test";
  return (await import(bunTest)).test;
}

conformance(await testOfRuntime(), { make: () => new MinimalMap() });
