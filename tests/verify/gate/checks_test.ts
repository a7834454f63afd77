import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { checkChecks } from "../../../verify/gate/check_options.ts";
import { Checks } from "../../../verify/gate/checks.ts";

type Check = (options: { readonly signal: AbortSignal }) => unknown;

/** Checks that are asked once a second, and what the first one says. */
class Rig {
  readonly clock = new ManualClock();
  readonly #checks: Checks;

  constructor(check: Check, options: { everyMs?: number; timeoutMs?: number } = {}) {
    this.#checks = new Checks(checkChecks("try", [{ name: "errors", check: check as never, ...options }]), this.clock);
  }

  async pass(seconds: number): Promise<this> {
    for (let second = 0; second < seconds; second++) {
      this.#checks.ask(this.clock.now());
      await this.clock.advance(1_000);
    }
    return this;
  }

  get says(): string {
    const [condition] = this.#checks.conditions(this.clock.now());
    return `${condition?.name} ${condition?.verdict}: ${condition?.reason}`;
  }
}

describe("a check of the owner's", () => {
  it("holds before it was asked, and then says what it answers, at once or later", async () => {
    assertEquals(new Rig(() => "pass").says, "check errors hold: it has not answered yet");
    for (const verdict of ["pass", "hold", "fail"]) {
      assertEquals((await new Rig(() => verdict).pass(1)).says, `check errors ${verdict}: it answered ${verdict}`);
      const later = await new Rig(() => Promise.resolve(verdict)).pass(1);
      assertEquals(later.says, `check errors ${verdict}: it answered ${verdict}`);
    }
  });

  it("holds whatever else it answers, and if it throws", async () => {
    for (const answer of [NaN, undefined, null, true, 1, "PASS", "", {}, ["pass"], new String("pass")]) {
      const it = await new Rig(() => answer).pass(1);
      assertEquals(it.says, "check errors hold: it answered neither pass nor hold nor fail");
    }
    const throwing: Check[] = [() => {
      throw new Error("at once");
    }, () => Promise.reject(new Error("later"))];
    for (const check of throwing) {
      assertEquals((await new Rig(check).pass(1)).says, "check errors hold: it threw an error");
    }
  });

  it("holds if it does not answer in time, is told so, and an answer that comes later counts for nothing", async () => {
    let answer = (_: string) => {};
    const signals: AbortSignal[] = [];
    const it = new Rig(({ signal }) => {
      signals.push(signal);
      return new Promise<string>((resolve) => answer = resolve);
    }, { timeoutMs: 3_000 });
    await it.pass(2);
    assertEquals([it.says, signals[0]?.aborted], ["check errors hold: it has not answered yet", false]);
    await it.pass(2);
    assertEquals([it.says, signals[0]?.aborted], ["check errors hold: it did not answer within 3 seconds", true]);
    answer("pass");
    await it.pass(1);
    assertEquals(it.says, "check errors hold: it did not answer within 3 seconds");
  });

  it("is asked every so often, and its answer counts meanwhile", async () => {
    let calls = 0;
    const it = new Rig(() => ++calls < 3 ? "pass" : "fail", { everyMs: 10_000 });
    await it.pass(20);
    assertEquals([calls, it.says], [2, "check errors pass: it answered pass"]);
    await it.pass(1);
    assertEquals([calls, it.says], [3, "check errors fail: it answered fail"]);
  });

  it("holds once nobody asks it any more", async () => {
    const it = await new Rig(() => "pass", { everyMs: 10_000 }).pass(1);
    await it.clock.advance(14_000);
    assertEquals(it.says, "check errors pass: it answered pass");
    await it.clock.advance(1);
    assertEquals(it.says, "check errors hold: its last answer is too old");
  });

  it("is not called ever more often if its calls never end", async () => {
    let calls = 0;
    const it = new Rig(() => new Promise(() => calls++), { everyMs: 1_000, timeoutMs: 500 });
    await it.pass(60);
    assertEquals(calls, 10);
  });

  it("is not asked again while it is being asked", async () => {
    let calls = 0;
    const it = new Rig(() => new Promise(() => calls++), { everyMs: 1_000, timeoutMs: 20_000 });
    await it.pass(10);
    assertEquals(calls, 1);
  });

  it("is asked again after the clock was set back", async () => {
    let calls = 0;
    const clock = new ManualClock();
    const checks = new Checks(
      checkChecks("try", [{ name: "n", check: () => (calls++, "pass"), everyMs: 60_000 }]),
      clock,
    );
    await clock.until(checks.ask(1_000_000));
    await clock.until(checks.ask(5_000));
    assertEquals([calls, checks.conditions(5_000)[0]?.verdict], [2, "pass"]);
  });
});
