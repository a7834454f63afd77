/** Compiles loops for one contender alone, so that no loop is also compiled for the classes of the others. */
import type { Code, Contender } from "./contenders.ts";
import type { Keys } from "./keys.ts";

/** The result of a loop. Where every write copies the map, it is the last copy. */
export interface Looped {
  readonly map: unknown;
  /** Computed from all reads, so that no compiler can drop one. */
  readonly sum: number;
}

/** Loops over the keys from `from` to `to`. */
export type Loop = (map: unknown, keys: Keys, from: number, to: number) => Looped;

const BODIES: Record<string, (code: Code) => string> = {
  get: (code) => `sum ^= ${code.get}`,
  getMiss: (code) => `if (${code.get} === undefined) sum++`,
  set: (code) => code.set,
  delete: (code) => code.delete,
  mixed: (code) => `if (i % 10 === 0) ${code.set}; else sum ^= ${code.get}`,
};

let loops = 0;

/** Compiles a loop that does one thing to each key. V8 shares code between equal sources, so each loop has a number. */
export function keyLoop({ code }: Contender, body: "get" | "getMiss" | "set" | "delete" | "mixed"): Loop {
  const source = BODIES[body]?.(code);
  return new Function(
    "map",
    "keys",
    "from",
    "to",
    `/* ${++loops} */ let sum = 0; for (let i = from; i < to; i++) { const key = keys[i]; ${source}; } return { map, sum };`,
  ) as Loop;
}

/** Visits each entry once. */
export function iteration({ code }: Contender): (map: unknown) => number {
  return new Function("map", `/* ${++loops} */ let sum = 0; ${code.iterate}; return sum;`) as (map: unknown) => number;
}

/** Takes `count` snapshots and returns the last one. */
export function snapshots({ code }: Contender): (map: unknown, count: number) => unknown {
  return new Function(
    "map",
    "count",
    `/* ${++loops} */ let kept; for (let i = 0; i < count; i++) kept = ${code.snapshot}; return kept;`,
  ) as (map: unknown, count: number) => unknown;
}

/** Returns a map of the first `entries` keys. Each value is the place of its key. */
export function filledMap(contender: Contender, keys: Keys, entries: number): unknown {
  const { create, thaw = same, freeze = same } = contender;
  return freeze(keyLoop(contender, "set")(thaw(create(entries)), keys, 0, entries).map);
}

function same(map: unknown): unknown {
  return map;
}
