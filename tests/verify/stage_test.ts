import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { missingFor, neighbours, type Side, type Stage, STAGE_NAMES, STAGES } from "../../verify/stage.ts";

/**
 * A model of two instances of a service that share both maps, one key, and every step of an operation on its own: an
 * instance writes a value to one side, then to the other, has the write acknowledged, and reads. `newAnswers` is whether
 * the key is one of those that the new map answers for at `live`.
 */
interface Instance {
  readonly stage: Stage;
  readonly queued: boolean;
  readonly newAnswers: boolean;
}

function answering({ stage, newAnswers }: Instance): Side {
  const { answers } = STAGES[stage];
  return answers === "split" ? (newAnswers ? "new" : "old") : answers;
}

/** The steps of a write, and after how many of them it is acknowledged. */
function writeSteps(instance: Instance): { sides: Side[]; acknowledgedAfter: number } {
  const first = answering(instance);
  const { mirrors, inline } = STAGES[instance.stage];
  if (!mirrors) return { sides: [first], acknowledgedAfter: 1 };
  const other = first === "old" ? "new" : "old";
  return { sides: [first, other], acknowledgedAfter: instance.queued && !inline ? 1 : 2 };
}

/** Whether some interleaving lets a reader miss a write that was acknowledged before the read began. */
function losesAWrite(writer: Instance, reader: Instance): boolean {
  const { sides, acknowledgedAfter } = writeSteps(writer);
  for (let readAt = 0; readAt <= sides.length; readAt++) {
    const maps = { old: "before", new: "before" };
    for (const side of sides.slice(0, readAt)) maps[side] = "after";
    if (readAt >= acknowledgedAfter && maps[answering(reader)] !== "after") return true;
  }
  return false;
}

function unsafePairs(queued: boolean): string[] {
  const pairs = new Set<string>();
  for (const stage of STAGE_NAMES) {
    for (const neighbour of [stage, ...neighbours(stage)]) {
      for (const newAnswers of [false, true]) {
        const writer = { stage, queued, newAnswers };
        if (losesAWrite(writer, { stage: neighbour, queued, newAnswers })) pairs.add(`${stage} beside ${neighbour}`);
      }
    }
  }
  return [...pairs];
}

describe("STAGES", () => {
  it("loses no acknowledged write between instances at the same or neighbouring stages, inline", () => {
    assertEquals(unsafePairs(false), []);
  });

  it("loses writes where a queue is beside a stage that answers from the other side: why inline is the default", () => {
    assertEquals(unsafePairs(true), ["shadow beside live", "rampdown beside live"]);
  });
});

describe("missingFor()", () => {
  const none = { backfilling: false, backfilled: false, sweptClean: false };
  const all = { backfilling: false, backfilled: true, sweptClean: true };

  it("lets a stage be left to its neighbours only", () => {
    for (const from of STAGE_NAMES) {
      for (const to of STAGE_NAMES) {
        const apart = Math.abs(STAGE_NAMES.indexOf(from) - STAGE_NAMES.indexOf(to));
        assertEquals(missingFor(from, to, all).length === 0, apart <= 1, `${from} to ${to}`);
      }
    }
  });

  it("asks for a backfill and a clean sweep before live, from either side, and for nothing else", () => {
    assertEquals(missingFor("shadow", "live", none).length, 2);
    assertEquals(missingFor("rampdown", "live", none).length, 2);
    assertEquals(missingFor("shadow", "live", { ...all, sweptClean: false }), ["a clean sweep after it"]);
    for (const [from, to] of [["off", "dualwrite"], ["dualwrite", "shadow"], ["rampdown", "complete"]] as const) {
      assertEquals(missingFor(from, to, none), []);
    }
  });

  it("waits for a running backfill, but for the way back to off", () => {
    assertEquals(missingFor("dualwrite", "shadow", { ...none, backfilling: true }).length, 1);
    assertEquals(missingFor("dualwrite", "off", { ...none, backfilling: true }), []);
  });
});
