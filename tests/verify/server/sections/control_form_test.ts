import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Stage, twin, type TwinMap } from "@twinmap/twinmap";
import { ManualClock } from "../../../../testing/manual_clock.ts";
import { controlForm } from "../../../../verify/server/sections/control_form.ts";
import { moveTo } from "../../../move_to.ts";

interface Rig {
  readonly clock: ManualClock;
  readonly users: TwinMap<string, number>;
}

async function rig(stage: Stage, percent?: number): Promise<Rig> {
  const clock = new ManualClock();
  const users = twin<string, number>(new Map([["a", 1]]), new Map(), { clock });
  await moveTo(users, clock, stage, percent);
  return { clock, users };
}

function formOf({ users }: Rig): string {
  return String(controlForm(users.report(), "t", undefined));
}

/** What the form offers, in its order. */
function choicesOf(rig: Rig): string[] {
  return [...formOf(rig).matchAll(/<option value="(\w+)"[^>]*>([^<]*)/g)].map(([, stage, label]) =>
    `${stage}: ${label}`
  );
}

/** The buttons, with what they send. */
function buttonsOf(rig: Rig): string[] {
  return [...formOf(rig).matchAll(/<button[^>]*>[^<]*/g)].map(([button]) => {
    const action = /\?do=(\w+)/.exec(button)?.[1] ?? "stage";
    const from = /value="(\w+)"/.exec(button)?.[1];
    return from === undefined ? action : `${action} from ${from}`;
  });
}

function percentOf(rig: Rig): string | undefined {
  return /name="percent"[^>]*value="([^"]*)"/.exec(formOf(rig))?.[1];
}

describe("controlForm()", () => {
  it("offers the next stage first, and none that cannot be moved to", async () => {
    const offered: [Stage, string[]][] = [
      ["off", ["dualwrite: dualwrite"]],
      ["dualwrite", ["shadow: shadow", "off: off (back)"]],
      ["shadow", ["live: live", "dualwrite: dualwrite (back)"]],
      ["rampdown", ["complete: complete", "live: live (back)"]],
      ["complete", ["rampdown: rampdown (back)"]],
    ];
    for (const [stage, choices] of offered) assertEquals(choicesOf(await rig(stage)), choices);
  });

  it("offers to raise the share first at live, and the next usual step", async () => {
    const some = await rig("live", 5);
    assertEquals(choicesOf(some), ["live: raise to … (now 5\u00a0%)", "rampdown: rampdown", "shadow: shadow (back)"]);
    assertEquals(percentOf(some), "25");
    const all = await rig("live", 100);
    assertEquals(choicesOf(all), ["rampdown: rampdown", "live: lower to …", "shadow: shadow (back)"]);
    assertEquals(percentOf(await rig("shadow")), "1");
  });

  it("has buttons only for what can be done at the stage", async () => {
    const buttons: [Stage, string[]][] = [
      ["off", ["stage", "reset"]],
      ["dualwrite", ["stage", "reset", "backfill", "sweep"]],
      ["shadow", ["stage", "reset", "backfill", "sweep"]],
      ["live", ["stage", "back", "reset", "backfill from old", "backfill from new", "sweep"]],
      ["rampdown", ["stage", "back", "reset", "backfill", "sweep"]],
      ["complete", ["stage", "back", "reset"]],
    ];
    for (const [stage, expected] of buttons) assertEquals(buttonsOf(await rig(stage)), expected, stage);
  });

  it("shows that a pause is on, and what can be done about it", async () => {
    const shadow = await rig("shadow");
    const end = shadow.users.sweep();
    assertEquals(buttonsOf(shadow), ["stage", "reset", "pause"]);
    shadow.users.pause();
    assertEquals(buttonsOf(shadow), ["stage", "reset", "resume"]);
    assertStringIncludes(formOf(shadow), "The sweep is paused at 0 of 2 entries.");
    shadow.users.resume();
    await shadow.clock.until(end);
    assertFalse(formOf(shadow).includes("paused at"));
  });

  it("asks before a move goes past the gate, where there is one", async () => {
    for (const stage of ["shadow", "live", "rampdown"] as const) {
      assertStringIncludes(formOf(await rig(stage)), `name="past"`, stage);
    }
    for (const stage of ["off", "dualwrite", "complete"] as const) {
      assertFalse(formOf(await rig(stage)).includes(`name="past"`), stage);
    }
  });
});
