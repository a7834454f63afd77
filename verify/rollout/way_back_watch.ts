import type { Steering } from "../migration/steering.ts";
import type { ReportedRollout } from "../report/reported_rollout.ts";

/** Knows since when the old map can take over again without losing anything. */
export class WayBackWatch {
  readonly #steering: Pick<Steering, "missingForWayBack" | "clock">;
  #sinceMs: number | undefined;

  constructor(steering: Pick<Steering, "missingForWayBack" | "clock">) {
    this.#steering = steering;
    this.look();
  }

  /** Looks whether that has changed. */
  look(): void {
    if (this.#steering.missingForWayBack().length > 0) this.#sinceMs = undefined;
    else this.#sinceMs ??= this.#steering.clock.now();
  }

  report(): ReportedRollout["wayBack"] {
    this.look();
    if (this.#sinceMs === undefined) {
      return { safe: false, since: null, why: this.#steering.missingForWayBack().join("; ") };
    }
    return { safe: true, since: new Date(this.#sinceMs).toISOString(), why: "the old map holds everything" };
  }
}
