/** Loops over keys, a batch at a time. */
import { do_not_optimize } from "mitata";
import type { Contender } from "./ratio.ts";

/** Goes over the keys from one place to another, and returns what is made of all that was read, so that no read can be left out. */
export type Loop = (map: unknown, keys: ArrayLike<unknown>, from: number, to: number) => number;

let loops = 0;

/**
 * A loop whose code belongs to one contender alone, so that none is compiled for the classes of all the others. Two loops with
 * the same source are one to V8, so each has a number.
 */
export function ownLoop(body: string): Loop {
  const code = `/* ${++loops} */ let sum = 0; for (let i = from; i < to; i++) { ${body} } return sum;`;
  return new Function("map", "keys", "from", "to", code) as Loop;
}

/** Goes over the keys again and again, of which there are a whole number of batches. */
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
