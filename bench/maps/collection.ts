/**
 * Reads from the logs of V8 and JSC for how long the garbage collector stopped the program. Neither log covers what
 * the collector does on other threads.
 */
import type { RuntimeName } from "./results.ts";

/** The arguments and environment that make a runtime write the log. */
export const LOGGING: Record<RuntimeName, { readonly args: readonly string[]; readonly env: Record<string, string> }> =
  {
    deno: { args: ["--v8-flags=--expose-gc,--trace-gc"], env: {} },
    bun: { args: [], env: { BUN_JSC_logGC: "1" } },
    node: { args: ["--expose-gc", "--trace-gc"], env: {} },
  };

const BEGIN = "twinmap: begin";
const END = "twinmap: end";

interface Collecting {
  readonly Bun?: { gc(now: boolean): void };
  readonly gc?: () => void;
}

/** Collects all garbage now. */
export function collect(): void {
  const { Bun, gc } = globalThis as Collecting;
  if (Bun) Bun.gc(true);
  else gc?.();
}

/**
 * Marks in the log where something begins or ends. V8 buffers its log, so no line can be put in between; but it says
 * which collections were requested, and those serve as marks.
 */
export function markCollections(mark: "begin" | "end"): void {
  if ("Bun" in globalThis) console.error(mark === "begin" ? BEGIN : END);
}

/** Returns the total milliseconds of the collections between the marks. */
export function collectionMs(runtime: RuntimeName, log: string): number {
  const lines = log.split("\n");
  return runtime === "bun" ? ofJsc(lines) : ofV8(lines);
}

function ofJsc(lines: readonly string[]): number {
  let sumMs = 0;
  let isBetween = false;
  for (const line of lines) {
    if (line.includes(BEGIN) || line.includes(END)) isBetween = line.includes(BEGIN);
    if (isBetween) sumMs += Number(line.match(/, p=([\d.]+)ms/)?.[1] ?? 0);
  }
  return sumMs;
}

/** Sums the collections that nobody requested, between the first and the last requested one. */
function ofV8(lines: readonly string[]): number {
  const isAsked = (line: string) => line.includes("testing;");
  return lines.slice(lines.findIndex(isAsked), lines.findLastIndex(isAsked)).reduce((sumMs, line) => {
    const found = line.match(/ MB, .*?([\d.]+) \/ [\d.]+ ms(?:\s+\(\+ ([\d.]+) ms in)?/);
    return found === null || isAsked(line) ? sumMs : sumMs + Number(found[1]) + Number(found[2] ?? 0);
  }, 0);
}
