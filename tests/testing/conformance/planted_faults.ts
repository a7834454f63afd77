import type { RegisterTest } from "@twinmap/twinmap/testing";

/** Runs a suite, and returns the names of the tests that fail. */
export async function redTests(register: (test: RegisterTest) => void): Promise<string[]> {
  const tests: { name: string; fn: () => void | Promise<void> }[] = [];
  register((name, fn) => tests.push({ name, fn }));
  const red: string[] = [];
  for (const { name, fn } of tests) {
    try {
      await fn();
    } catch {
      red.push(name);
    }
  }
  return red;
}
