/**
 * Stands in for JSR's `@std/testing/bdd`, with the same names and rules, as far as the tests need them, over
 * `node:test`: it runs on Deno, Bun and Node, and where JSR is out of reach. `deno task test:jsr` runs the tests with
 * the real one.
 *
 * @module
 */
import * as node from "node:test";

/** What a test or a group can be told. */
export interface Options {
  /** Leaves it out, and says so. */
  ignore?: boolean;
  /** Leaves out all that isn't marked so. On Node it needs `--test-only`. */
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

/** A test that hangs fails. Unless it is told otherwise, Bun waits for five seconds only, the others for ever. */
const timeout = 60_000;

function registrar<Fn extends () => unknown>(
  register: (name: string, fn: Fn, options: { only?: boolean }) => unknown,
): Registrar<Fn> {
  const add = (name: string, options: Options | Fn, fn?: Fn): void => {
    const { ignore, only }: Options = typeof options === "function" ? {} : options;
    const body = typeof options === "function" ? options : fn;
    if (!body) throw new TypeError(`Cannot register "${name}": a function is missing`);
    // A group that is left out counts as one test, as in the original; left to node:test, each runtime counts another way.
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
  // node:test would hand its context on, and Bun take a parameter for a callback to wait for.
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
