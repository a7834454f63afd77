import type { RegisterTest } from "@twinmap/twinmap/testing";

/** Runs the tests of a suite, or only the one that is named, and yields the names of those that fail. */
export async function* redTests(register: (test: RegisterTest) => void, only?: string): AsyncGenerator<string> {
  const tests: { name: string; fn: () => void | Promise<void> }[] = [];
  register((name, fn) => tests.push({ name, fn }));
  for (const { name, fn } of tests) {
    if (only !== undefined && name !== only) continue;
    try {
      await fn();
    } catch {
      yield name;
    }
  }
}

/** Whether a test fails; those after the first that does are not run. */
export async function isAnyRed(red: AsyncGenerator<string>): Promise<boolean> {
  const { done } = await red.next();
  return !done;
}
