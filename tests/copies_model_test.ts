/**
 * The rules of copying between two stores, checked by trying all orders in which the commands of a few operations can take
 * effect and be answered. The twins are the real ones; the stores and the clock are stepped.
 */
import { describe, it } from "@std/testing/bdd";
import { COMPARED, fails, holds } from "./explored_twins.ts";
import { forced } from "./move_to.ts";

const DUALWRITE = { mirror: "queued", at: { stage: "dualwrite" } } as const;
const AT_OLD = { mirror: "queued", at: { stage: "live", percent: 0 } } as const;

describe("twins of two stores, in every order of their commands,", () => {
  it("have both sides equal, where one twin writes", () =>
    holds({
      twins: [{ callers: [[["set", 1]], [["set", 2]]] }],
      options: { ...DUALWRITE, instances: "one" },
    }));

  const writers = [{ callers: [[["set", 1]]] }, { callers: [[["set", 2]]] }] as const;

  it("have both sides equal, where two write and each copy looks back", () =>
    holds({ twins: writers, options: { ...DUALWRITE, instances: "many" } }));

  it("differ, where two write and no copy looks back", () =>
    fails({ twins: writers, options: { ...DUALWRITE, instances: "one" } }));

  const losing = {
    twins: [{ callers: [[["set", 1]]] }],
    options: DUALWRITE,
    lost: 1,
    held: { old: 0, new: 0 },
  } as const;

  it("have both sides equal after a write of unknown outcome, once that is over", () => holds(losing));

  it("have both sides equal, where a key is written while it is copied from the journal", () =>
    holds({
      twins: [{ callers: [[["set", 1], ["set", 2]]] }],
      options: { ...DUALWRITE, instances: "one" },
      lost: 1,
      passes: 1,
    }));

  it("differ, where a lost write takes effect after its key was copied", () =>
    fails({ ...losing, isLostForever: true }));

  const move = (users: { stage(stage: "live", options: object): Promise<void> }) =>
    users.stage("live", forced("live", 100));

  it("lose no write while a key moves to the other side", () =>
    holds({
      twins: [{ callers: [[["set", 1]], [["set", 2]]], work: [move] }],
      options: { ...AT_OLD, instances: "one" },
    }));

  it("let one of two callers insert, while the key moves to the other side", () =>
    holds({
      twins: [{ callers: [[["getOrInsert", 1]], [["getOrInsert", 2]]], work: [move] }],
      options: { ...AT_OLD, instances: "one" },
    }));

  it("let both callers insert, where their twins move apart", () =>
    fails({
      twins: [{ callers: [[["getOrInsert", 1]]], work: [move] }, { callers: [[["getOrInsert", 2]]] }],
      options: { ...AT_OLD, instances: "many" },
    }));

  it("give no diff, where one twin compares while another one writes", () =>
    holds({ ...COMPARED, twins: [{ callers: [[["set", 2]]] }], readsAnswerAtOnce: true }));

  it("give a false diff, where they do not ask each other and the values go 1, 2, 1, 2", () =>
    fails({
      ...COMPARED,
      twins: [{ callers: [[["set", 2], ["set", 1], ["set", 2]]] }],
      readsAnswerAtOnce: true,
      areStrangers: true,
    }));
});
