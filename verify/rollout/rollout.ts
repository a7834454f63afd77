import { checkOption, text } from "../../src/options.ts";
import { received } from "../../src/received.ts";
import { type Steering, steeringOf } from "../migration/steering.ts";
import type { ReportedRollout } from "../report/reported_rollout.ts";
import { REASON } from "../stages/stage_options.ts";
import type { AsyncTwinMap } from "../twin/async_twin_map.ts";
import type { StoreTwinMap } from "../twin/store_twin_map.ts";
import type { TwinMap } from "../twin/twin_map.ts";
import { Controller, type Said } from "./controller.ts";
import { type CheckedRolloutOptions, checkRolloutOptions, type RolloutOptions } from "./options.ts";

const NAME = text(1, 100);

/** Moves a twin through the steps of a plan, and back where the new map is not good enough. Made by {@link rollout}. */
export class Rollout {
  readonly #controller: Controller;

  /** Use {@link rollout}. */
  constructor(steering: Steering, options: CheckedRolloutOptions) {
    this.#controller = new Controller(steering, options);
    steering.rollout = this;
  }

  /** Begins. It looks at the twin once a second, and keeps no process alive. */
  start(): void {
    this.#controller.start();
  }

  /**
   * Goes on no further, until it is resumed. It still goes back by itself.
   *
   * @param why Why, in 1 to 500 characters.
   * @param by Who says so, in 1 to 100 characters.
   * @throws {TypeError | RangeError} If there is no reason, or no name.
   */
  pause(why: string, by: string): void {
    this.#controller.pause(checkSaid("pause the rollout", why, by));
  }

  /**
   * Goes on after a pause. It may go back by itself as often as at the beginning.
   *
   * @param why Why, in 1 to 500 characters.
   * @param by Who says so, in 1 to 100 characters.
   * @throws {TypeError | RangeError} If there is no reason, or no name.
   */
  resume(why: string, by: string): void {
    this.#controller.resume(checkSaid("resume the rollout", why, by));
  }

  /**
   * Confirms the next step, if the plan asks for that: the twin moves there once nothing else holds it.
   *
   * @param why Why, in 1 to 500 characters.
   * @param by Who says so, in 1 to 100 characters.
   * @throws {StageError} If the next step needs no confirmation.
   * @throws {TypeError | RangeError} If there is no reason, or no name.
   */
  confirm(why: string, by: string): void {
    this.#controller.confirm(checkSaid("confirm the next step", why, by));
  }

  /**
   * Moves to the next step now, past the gate and what the plan asks for. What the gate fails for now is no reason to go back there.
   *
   * @param why Why, in 1 to 500 characters.
   * @param by Who says so, in 1 to 100 characters.
   * @throws {StageError} If the plan has come to its end, or the twin cannot move there.
   * @throws {TypeError | RangeError} If there is no reason, or no name.
   */
  async promote(why: string, by: string): Promise<void> {
    await this.#controller.promote(checkSaid("promote", why, by));
  }

  /**
   * Goes back to where the old map answers every key, and ends.
   *
   * @param why Why, in 1 to 500 characters.
   * @param by Who says so, in 1 to 100 characters.
   * @throws {StageError} If the twin is closed, or the old map may lack entries.
   * @throws {TypeError | RangeError} If there is no reason, or no name.
   */
  async abort(why: string, by: string): Promise<void> {
    await this.#controller.abort(checkSaid("abort the rollout", why, by));
  }

  /** Reports what it does next, and why. */
  report(): ReportedRollout {
    return this.#controller.report();
  }

  /** Ends the rollout. The twin stays where it is. */
  close(): void {
    this.#controller.close();
  }

  /** Calls {@link Rollout.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function checkSaid(action: string, why: string, by: string): Said {
  checkOption(action, "why", why, REASON);
  checkOption(action, "by", by, NAME);
  return { why, by };
}

/**
 * Moves a twin through the steps of a plan by itself: on where the gate passes, back where it fails, by what `twin.report()` says.
 *
 * @param twin The twin: what `twin()` returned.
 * @param options See {@link RolloutOptions}.
 * @returns The rollout, which begins with `start()`. `twin.report().rollout` shows it.
 * @throws {TypeError} If there is no such twin, or an option is unknown or of the wrong type.
 * @throws {RangeError} If an option is out of its range, or the steps of the plan do not follow each other.
 *
 * @example
 * ```ts
 * import { rollout, twin } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const users = twin(new Map([["a", 1]]), new Map<string, number>(), { name: "users" });
 * const change = rollout(users, { plan: "quick" });
 * change.start();
 * assertEquals(users.report().rollout?.decision, "hold");
 * change.close();
 * ```
 */
export function rollout<K, V>(
  twin: TwinMap<K, V> | AsyncTwinMap<K, V> | StoreTwinMap<K, V>,
  options: RolloutOptions = {},
): Rollout {
  const checked = checkRolloutOptions(options);
  const steering = typeof twin === "object" && twin !== null ? steeringOf(twin) : undefined;
  if (steering === undefined) throw new TypeError(`Cannot create a rollout: twin must be a twin: ${received(twin)}`);
  return new Rollout(steering, checked);
}
