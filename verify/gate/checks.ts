import { Deadlines } from "../../src/async/deadlines.ts";
import { inTime } from "../../src/async/in_time.ts";
import type { Clock } from "../../src/clock.ts";
import type { RateVerdict } from "../stats/confidence_sequence.ts";
import { timeSpan } from "../stats/time_span.ts";
import type { CheckedGateCheck } from "./check_options.ts";
import type { GateCondition } from "./condition.ts";

/** Checks are asked about once a second whether their time has come: an answer counts for so much longer than its interval. */
const GRACE_MS = 5_000;

/** After so many calls of a check that have not ended, it is not called again until one has. */
const MAX_UNENDED = 10;

const ANSWERS: readonly unknown[] = ["pass", "hold", "fail"] satisfies RateVerdict[];

/** A check, and what it answered last. */
class AskedCheck {
  readonly check: CheckedGateCheck;
  readonly #deadlines: Deadlines;
  #verdict: RateVerdict = "hold";
  #reason = "it has not answered yet";
  #askedAtMs = -Infinity;
  #isAsking = false;
  #unended = 0;

  constructor(check: CheckedGateCheck, clock: Clock) {
    this.check = check;
    this.#deadlines = new Deadlines(clock, check.timeoutMs);
  }

  condition(nowMs: number): GateCondition {
    const name = `check ${this.check.name}` as const;
    const agoMs = nowMs - this.#askedAtMs;
    if (agoMs >= 0 && agoMs <= this.check.everyMs + GRACE_MS) {
      return { name, verdict: this.#verdict, reason: this.#reason };
    }
    const reason = Number.isFinite(agoMs) ? "its last answer is too old" : this.#reason;
    return { name, verdict: "hold", reason };
  }

  async ask(nowMs: number): Promise<void> {
    const isDue = nowMs < this.#askedAtMs || nowMs - this.#askedAtMs >= this.check.everyMs;
    if (!isDue || this.#isAsking || this.#unended >= MAX_UNENDED) return;
    this.#askedAtMs = nowMs;
    this.#isAsking = true;
    const asking = new AbortController();
    const answer = this.#call(asking.signal);
    if (await inTime(answer, this.#deadlines)) await this.#take(answer);
    else {
      asking.abort();
      this.#answered("hold", `it did not answer within ${timeSpan(this.check.timeoutMs)}`);
    }
    this.#isAsking = false;
  }

  async #call(signal: AbortSignal): Promise<unknown> {
    this.#unended++;
    try {
      // Not at once: whoever asks may be in the middle of something.
      return await Promise.resolve({ signal }).then((options) => this.check.check(options));
    } finally {
      this.#unended--;
    }
  }

  async #take(answer: Promise<unknown>): Promise<void> {
    try {
      const verdict = await answer;
      if (ANSWERS.includes(verdict)) this.#answered(verdict as RateVerdict, `it answered ${verdict}`);
      else this.#answered("hold", "it answered neither pass nor hold nor fail");
    } catch {
      this.#answered("hold", "it threw an error");
    }
  }

  #answered(verdict: RateVerdict, reason: string): void {
    this.#verdict = verdict;
    this.#reason = reason;
  }
}

/**
 * The checks that the owner of a twin gave to the gate. They answer later, so each is asked from time to time, and its last
 * answer counts until the next one is due. A check holds the gate up if it throws, answers too late or anything but a verdict,
 * or is not asked any more.
 */
export class Checks {
  readonly #checks: readonly AskedCheck[];

  constructor(checks: readonly CheckedGateCheck[], clock: Clock) {
    this.#checks = checks.map((check) => new AskedCheck(check, clock));
  }

  /** Asks those whose time has come. Never rejects. */
  async ask(nowMs: number): Promise<void> {
    await Promise.all(this.#checks.map((check) => check.ask(nowMs)));
  }

  /** What they answered last, a condition each. */
  conditions(nowMs: number): GateCondition[] {
    return this.#checks.map((check) => check.condition(nowMs));
  }
}
