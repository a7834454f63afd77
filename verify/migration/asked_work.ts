import type { Clock } from "../../src/clock.ts";
import type { Evidence } from "../gate/evidence.ts";
import type { KeyRepairs } from "../pair/pair.ts";
import type { Redactor } from "../report/redaction.ts";
import { type Position, sidesOf } from "../stages/moves.ts";
import { STAGES } from "../stages/stage.ts";
import { StageError } from "../stages/stage_error.ts";
import { type BackfillOptions, checkBackfill, checkSweep, type PaceOptions } from "../stages/stage_options.ts";
import type { DifferentKeys } from "../work/different_keys.ts";
import { checkRepair, type Repair, repairKeys, type RepairOptions, undoChanges } from "./repairs.ts";
import { mayDelete } from "./scope.ts";
import type { Sides } from "./sides.ts";
import type { Works } from "./works.ts";

/** What {@link AskedWork} works with. */
export interface AskedWorkSetting<K> {
  readonly sides: Pick<Sides<K, unknown>, "traits" | "repairs" | "checkBackfill">;
  readonly evidence: Evidence;
  readonly works: Works<K>;
  /** The keys that were found different. */
  readonly different: DifferentKeys<K>;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly at: () => Position;
  /** @throws {StageError} If the twin is closed. */
  readonly checkOpen: (action: string) => void;
}

/** The backfills, sweeps and repairs that are asked for: whether they may be made now, and what evidence they give. */
export class AskedWork<K, V> {
  readonly #setting: AskedWorkSetting<K>;

  constructor(setting: AskedWorkSetting<K>) {
    this.#setting = setting;
  }

  async backfill(options: BackfillOptions): Promise<void> {
    const { from: named, ...pace } = checkBackfill(options);
    this.#checkIdle("backfill");
    const { sides, evidence, works, clock, at } = this.#setting;
    const { from, to } = sidesOf(at().stage, named, evidence.lacking);
    sides.checkBackfill(at(), from);
    evidence.backfillBegan(to);
    const deletes = mayDelete(sides.traits[from], sides.traits[to]);
    await works.backfill(from, pace, deletes, () => evidence.backfillEnded(clock.now()));
  }

  async sweep(options: PaceOptions): Promise<boolean> {
    const pace = checkSweep(options);
    this.#checkIdle("sweep");
    const { evidence, works, clock } = this.#setting;
    const findings = evidence.sweepBegan();
    return await works.sweep(
      pace,
      () => evidence.findings,
      (isWhole) => evidence.sweptClean(findings, isWhole, clock.now()),
    );
  }

  async repair(options: RepairOptions<K, V>): Promise<Repair<K, V>> {
    const { dryRun, undo } = checkRepair(options);
    this.#checkIdle("repair");
    const { different, redactor, clock } = this.#setting;
    const repairs = this.#setting.sides.repairs as KeyRepairs<K, V>;
    if (undo === undefined) {
      const repair = repairs.repair.bind(repairs);
      return await repairKeys(different, repair, dryRun, { redactor, clock });
    }
    const made = await undoChanges(undo, (change) => repairs.change(change), { redactor, clock });
    for (const { key } of made.undo) different.add(key);
    return made;
  }

  #checkIdle(job: "sweep" | "backfill" | "repair"): void {
    const { works, at, checkOpen } = this.#setting;
    const { stage } = at();
    const action = `${job} at ${stage}`;
    if (!STAGES[stage].mirrors) {
      throw new StageError(action, "only one side is written", ["a stage at which both sides are written"]);
    }
    checkOpen(action);
    works.checkIdle(action);
  }
}
