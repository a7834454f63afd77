import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { Deadlines, Limited } from "../../../src/async/deadlines.ts";

class Call extends Limited {
  override readonly expire: () => void;

  constructor(expire: () => void) {
    super();
    this.expire = expire;
  }
}

describe("Deadlines", () => {
  const rig = () => {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock, 100);
    const expired: string[] = [];
    const limited = (name: string) => new Call(() => void expired.push(name));
    return { clock, deadlines, expired, limited };
  };

  it("lets each call expire when its own time is up", async () => {
    const { clock, deadlines, expired, limited } = rig();
    deadlines.start(limited("a"));
    await clock.advance(40);
    deadlines.start(limited("b"));
    await clock.advance(59);
    assertEquals(expired, []);
    await clock.advance(1);
    assertEquals(expired, ["a"]);
    await clock.advance(39);
    assertEquals(expired, ["a"]);
    await clock.advance(1);
    assertEquals(expired, ["a", "b"]);
  });

  it("forgets a call that is stopped, and gives the whole time to one that is restarted", async () => {
    const { clock, deadlines, expired, limited } = rig();
    const [a, b, c] = [limited("a"), limited("b"), limited("c")];
    for (const call of [a, b, c]) deadlines.start(call);
    await clock.advance(60);
    deadlines.restart(a);
    deadlines.stop(b);
    await clock.advance(40);
    assertEquals(expired, ["c"]);
    await clock.advance(59);
    assertEquals(expired, ["c"]);
    await clock.advance(1);
    assertEquals(expired, ["c", "a"]);
  });

  it("has one timer for all calls, and none when there are none", async () => {
    const { clock, deadlines, limited } = rig();
    for (let call = 0; call < 10; call++) deadlines.start(limited(`${call}`));
    assertEquals(clock.scheduled, 1);
    await clock.advance(100);
    assertEquals(clock.scheduled, 0);
    deadlines.start(limited("a"));
    assertEquals(clock.scheduled, 1);
  });

  it("does not keep the process alive", () => {
    const options: unknown[] = [];
    const clock = {
      ...rig().clock,
      now: () => 0,
      monotonicMs: () => 0,
      schedule: (...args: unknown[]) => void options.push(args[2]),
    };
    new Deadlines(clock, 100).start(new Call(() => {}));
    assertEquals(options, [{ unref: true }]);
  });
});
