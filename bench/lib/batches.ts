/** Loops over keys, a batch at a time. */
import { do_not_optimize } from "mitata";
import type { Contender } from "./ratio.ts";

/** Loops over some of the keys. Returns a value computed from all reads, so that no compiler can drop one. */
export type Loop = (map: unknown, keys: ArrayLike<unknown>, from: number, to: number) => number;

let loops = 0;

/**
 * Compiles a loop for one contender alone, so that it is not also compiled for the classes of the others. V8 shares
 * code between equal sources, so each loop has a number.
 */
export function ownLoop(body: string): Loop {
  const code = `/* ${++loops} */ let sum = 0; for (let i = from; i < to; i++) { ${body} } return sum;`;
  return new Function("map", "keys", "from", "to", code) as Loop;
}

/** Loops over the keys again and again. Their number must be a multiple of `batch`. */
export function batches(map: unknown, keys: ArrayLike<unknown>, body: string, batch = 1_000): Contender {
  const loop = ownLoop(body);
  let at = 0;
  return {
    operations: batch,
    run: () => {
      do_not_optimize(loop(map, keys, at, at + batch));
      at = (at + batch) % keys.length;
      return Promise.resolve();
    },
  };
}
