/**
 * If a callback moved a twin with a queued mirror and wrote another key, that write was still queued when the callback's own
 * was already on the side behind: the two sides got them in different orders.
 */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, NativeMap, type Stage, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { forced, moveTo } from "../move_to.ts";

type During = (map: ConcurrentMap<string, number>) => void;

const WRITES: { [name: string]: (map: ConcurrentMap<string, number>, during: During) => void } = {
  update: (map, during) => void map.update("a", () => (during(map), 1)),
  getOrInsertComputed: (map, during) => void map.getOrInsertComputed("a", () => (during(map), 1)),
};

/** What else the callback writes. */
const NESTED: { [name: string]: During } = {
  "another key": (map) => map.set("b", 2),
  "another key, then its own": (map) => map.set("b", 2).set("a", 3),
  "its own key, then another": (map) => map.set("a", 3).set("b", 2),
  "its own key, which it deletes, and another": (map) => map.set("a", 3).set("b", 2).delete("a"),
};

/** Where each write begins, and the moves that its callback makes. */
const MOVES: readonly (readonly [from: Stage, moves: readonly Stage[]])[] = [
  ["live", ["rampdown"]],
  ["rampdown", ["live", "shadow"]],
  ["complete", ["rampdown"]],
];

describe("TwinMap, moved by the callback of a write, queued", () => {
  for (const [name, write] of Object.entries(WRITES)) {
    for (const [nested, during] of Object.entries(NESTED)) {
      for (const [from, moves] of MOVES) {
        it(`has both sides in one order if ${name}() moves from ${from} to ${moves.at(-1)} and writes ${nested}`, async () => {
          const clock = new ManualClock();
          const [oldMap, newMap, alone] = [new Map<string, number>(), new Map<string, number>(), new NativeMap()];
          const users = twin(oldMap, newMap, { clock, mirror: "queued" });
          await moveTo(users, clock, from, 0);
          for (const map of [users, alone]) {
            write(map as ConcurrentMap<string, number>, (map) => {
              if (map === users) { for (const stage of moves) users.stage(stage, forced(stage, 0)); }
              during(map);
            });
          }
          assertEquals([...users], [...alone]);
          await clock.until(users.settle());
          assertEquals([[...oldMap], [...newMap]], [[...alone], [...alone]]);
        });
      }
    }
  }
});
