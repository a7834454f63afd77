import type { ConcurrentMap } from "../concurrent_map.ts";

/** The most entries that `console.log` shows, as of a `Map`. */
const MAX_INSPECTED = 100;

/** Has `console.log` show the maps of a class as it shows a `Map`. Node, Deno and Bun ask for such a method. */
export function showAsMap(prototype: ConcurrentMap<unknown, unknown>): void {
  Object.defineProperty(prototype, Symbol.for("nodejs.util.inspect.custom"), { value: inspected });
}

/** A map as `console.log` shows it: as a `Map`, under the name of its class, with at most 100 entries. */
function inspected<K, V>(
  this: ConcurrentMap<K, V>,
  depth: number,
  options: object,
  inspect: (value: unknown, options: object) => string,
): string {
  const shown = new Map<K, V>();
  for (const [key, value] of this) {
    if (shown.size === MAX_INSPECTED) break;
    shown.set(key, value);
  }
  const label = `${this[Symbol.toStringTag]}(${this.size})`;
  return inspect(shown, { ...options, depth }).replace(/Map(\(\d+\))?/, () => label);
}
