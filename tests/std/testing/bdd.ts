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

function registrar<Fn extends () => unknown>(
  register: (name: string, options: { skip?: boolean; only?: boolean }, fn: () => unknown) => unknown,
): Registrar<Fn> {
  const add = (name: string, options: Options | Fn, fn?: Fn): void => {
    const { ignore, only }: Options = typeof options === "function" ? {} : options;
    const body = typeof options === "function" ? options : fn;
    if (!body) throw new TypeError(`Cannot register "${name}": a function is missing`);
    // node:test hands its context on, and Bun takes a parameter for a callback to wait for: neither is part of bdd.
    register(name, { ...(ignore && { skip: true }), ...(only && { only: true }) }, () => body());
  };
  const ignore = (name: string, fn: Fn) => add(name, { ignore: true }, fn);
  return Object.assign(add, { only: (name: string, fn: Fn) => add(name, { only: true }, fn), ignore, skip: ignore });
}

/** Groups tests. */
export const describe: Registrar<GroupFn> = registrar((name, options, fn) =>
  void node.describe(name, options, () => void fn())
);

/** Registers a test. */
export const it: Registrar<TestFn> = registrar((name, options, fn) =>
  void node.it(name, options, () => fn() as void | Promise<void>)
);

/** Alias of `it`. */
export const test: Registrar<TestFn> = it;

/** Runs `fn` once before the tests of the group. */
export function beforeAll(fn: TestFn): void {
  node.before(() => fn());
}

/** Runs `fn` once after the tests of the group. */
export function afterAll(fn: TestFn): void {
  node.after(() => fn());
}

/** Runs `fn` before each test of the group. */
export function beforeEach(fn: TestFn): void {
  node.beforeEach(() => fn());
}

/** Runs `fn` after each test of the group. */
export function afterEach(fn: TestFn): void {
  node.afterEach(() => fn());
}

export { afterAll as after, beforeAll as before };
