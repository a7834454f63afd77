import type { Maybe } from "../pair/pair.ts";
import type { HoldsAll } from "../stages/moves.ts";
import type { Stage } from "../stages/stage.ts";
import type { BackfillOptions, StageOptions } from "../stages/stage_options.ts";

/** What a {@link WayBack} leads through. */
export interface WayBackSetting {
  /** The present stage. */
  readonly stage: () => Stage;
  readonly holdsAll: () => HoldsAll;
  /** Ends the sweep or backfill that is running. */
  readonly abort: () => void;
  readonly move: (stage: Stage, options: StageOptions) => Maybe<void>;
  readonly backfill: (options: BackfillOptions) => Promise<void>;
}

/** The moves that lead back to where the old map answers every key. If several ask for it at once, it is gone once. */
export class WayBack {
  readonly #setting: WayBackSetting;
  #underWay: Promise<void> | undefined;

  constructor(setting: WayBackSetting) {
    this.#setting = setting;
  }

  /**
   * If the old map lacks anything, it is backfilled on the way, unless the new one may lack entries too.
   *
   * @throws Whatever a move or the backfill throws.
   */
  go(): Promise<void> {
    return this.#underWay ??= this.#go().finally(() => this.#underWay = undefined);
  }

  async #go(): Promise<void> {
    const { stage, holdsAll, abort, move, backfill } = this.#setting;
    const moved = stage() === "complete" ? move("rampdown", {}) : undefined;
    if (moved instanceof Promise) await moved;
    const { old: isOldWhole, new: isNewWhole } = holdsAll();
    // Where nothing is known of either map, the way back waits for what is running.
    if (isOldWhole || isNewWhole) abort();
    if (!isOldWhole && isNewWhole) await backfill({ from: "new" });
    if (stage() === "rampdown") await move("live", { percent: 100 });
    await move("live", { percent: 0 });
  }
}
