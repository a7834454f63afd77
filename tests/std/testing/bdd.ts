/**
 * Stands in for JSR's `@std/testing/bdd`: the same names and rules, as far as the tests need them, over `node:test`. It
 * runs on Deno, Bun and Node, and without access to JSR. `deno task test:jsr` runs the tests with the real one.
 *
 * @module
 */
import * as node from "node:test";

/** Options for a test or a group. */
export interface Options {
  /** Skips the test or group, and reports it as skipped. */
  ignore?: boolean;
  /** Runs only what is marked like this. On Node it needs `--test-only`. */
  only?: boolean;
}

type TestFn = () => void | Promise<void>;
type GroupFn = () => void;

interface Registrar<Fn> {
  (name: string, fn: Fn): void;
  (name: string, options: Options, fn: Fn): void;
  only(name: string, fn: Fn): void;
  ignore(name: string, fn: Fn): void;
  skip(name: string, fn: Fn): void;
}

/** A test that hangs fails. By default Bun waits only five seconds, and the others for ever. */
const timeout = 60_000;

function registrar<Fn extends () => unknown>(
  register: (name: string, fn: Fn, options: { only?: boolean }) => unknown,
): Registrar<Fn> {
  const add = (name: string, options: Options | Fn, fn?: Fn): void => {
    const { ignore, only }: Options = typeof options === "function" ? {} : options;
    const body = typeof options === "function" ? options : fn;
    if (!body) throw new TypeError(`Cannot register "${name}": a function is missing`);
    // A skipped group counts as one test, as in the original. With node:test each runtime counts differently.
    if (ignore) node.it(name, { skip: true }, () => {});
    else register(name, body, only ? { only } : {});
  };
  const ignore = (name: string, fn: Fn) => add(name, { ignore: true }, fn);
  return Object.assign(add, { only: (name: string, fn: Fn) => add(name, { only: true }, fn), ignore, skip: ignore });
}

/** Groups tests. */
export const describe: Registrar<GroupFn> = registrar((name, fn, options) => node.describe(name, options, () => fn()));

/** Registers a test. */
export const it: Registrar<TestFn> = registrar((name, fn, options) =>
  // node:test would pass its context, and Bun would take the parameter for a callback to wait for.
  node.it(name, { timeout, ...options }, () => fn())
);

/** Alias of `it`. */
export const test: Registrar<TestFn> = it;

/** Runs `fn` once before the tests of the group. */
export function beforeAll(fn: TestFn): void {
  node.before(() => fn(), { timeout });
}

/** Runs `fn` once after the tests of the group. */
export function afterAll(fn: TestFn): void {
  node.after(() => fn(), { timeout });
}

/** Runs `fn` before each test of the group. */
export function beforeEach(fn: TestFn): void {
  node.beforeEach(() => fn(), { timeout });
}

/** Runs `fn` after each test of the group. */
export function afterEach(fn: TestFn): void {
  node.afterEach(() => fn(), { timeout });
}

export { afterAll as after, beforeAll as before };
