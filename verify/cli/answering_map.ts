import { walk } from "../../src/async/walk.ts";
import type { Clock } from "../../src/clock.ts";
import type { ExaminedMap } from "../doctor/examined_map.ts";
import { answered } from "./answered.ts";

/** How long a module may take for each step. It is long, since the module may have set a limit of its own. */
const MODULE_LIMIT_MS = 60_000;

/** The answer of a module, which must come in time. */
export function answeredByModule<T>(answer: Promise<T>, clock: Clock): Promise<T> {
  return answered(answer, { whose: "the module", limitMs: MODULE_LIMIT_MS, clock });
}

/** A map of a module that fails when a step takes too long: it may be over a server that has fallen silent. */
export function answeringMap(map: ExaminedMap["map"], clock: Clock): ExaminedMap["map"] {
  const step = <T>(begin: () => PromiseLike<T>) => answeredByModule(Promise.resolve(begin()), clock);
  return {
    get traits() {
      return map.traits;
    },
    get: (key, options) => step(() => map.get(key, options)),
    getMany: (keys, options) => step(() => map.getMany(keys, options)),
    entries: (options) => walk(map.entries(options), step),
    keys: (options) => walk(map.keys(options), step),
  };
}
