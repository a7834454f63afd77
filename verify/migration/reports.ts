import type { Evidence } from "../gate/evidence.ts";
import type { DiffRecorder } from "../report/diff_recorder.ts";
import { reportHotKeys } from "../report/hot_keys.ts";
import type { Redactor } from "../report/redaction.ts";
import { makeReport, type TwinReport } from "../report/report.ts";
import type { ReportedRollout } from "../report/reported_rollout.ts";
import type { Position } from "../stages/moves.ts";
import type { Ledger } from "../stats/ledger.ts";
import type { ClosableClock } from "../work/closable_clock.ts";
import type { Decisions } from "./decisions.ts";
import type { MigrationSettings } from "./migration_settings.ts";
import type { MissingEvidence } from "./missing_evidence.ts";
import type { Sides } from "./sides.ts";
import type { StageChanges } from "./stage_changes.ts";
import type { Works } from "./works.ts";

/** What {@link Reports} are made of. */
export interface ReportsSetting {
  readonly settings: Pick<MigrationSettings<never, never>, "name" | "sample" | "hotKeys">;
  readonly sides: Pick<Sides<never, never>, "mirror" | "traits">;
  readonly ledger: Ledger;
  readonly redactor: Redactor;
  readonly recorder: Pick<DiffRecorder<never, never>, "recent">;
  readonly evidence: Evidence;
  readonly works: Pick<Works<never>, "report">;
  readonly missing: MissingEvidence;
  readonly decisions: Decisions;
  readonly stageChanges: StageChanges;
  readonly clock: ClosableClock;
}

/** The reports of a twin. */
export class Reports {
  readonly #setting: ReportsSetting;
  readonly #startedAtMs: number;

  constructor(setting: ReportsSetting) {
    this.#setting = setting;
    this.#startedAtMs = setting.clock.now();
  }

  /**
   * What is known now.
   *
   * @param isInline Whether a write is on both sides before its call returns.
   * @param rollout What moves the twin by itself, if anything does.
   */
  make(at: Position, isInline: boolean, rollout: ReportedRollout | null): TwinReport {
    const { settings, sides, ledger, redactor, recorder, evidence, works, missing, clock } = this.#setting;
    const { decisions, stageChanges } = this.#setting;
    const now = clock.now();
    ledger.advance(now);
    const { name, sample, hotKeys } = settings;
    const { pending, errors, overruns, journaled, isBroken } = sides.mirror;
    return makeReport(
      {
        name,
        stage: at.stage,
        percent: at.percent,
        moves: missing.forNeighbours(at, now),
        traits: sides.traits,
        mirror: { mode: isInline ? "inline" : "queued", pending, errors, overruns, journaled, broken: isBroken },
        sample,
        ...works.report(),
        gate: evidence.report(now),
        decisions: decisions.last,
        stageChanges: stageChanges.last,
        rollout,
        clockErrors: clock.errors,
        recent: recorder.recent,
        hotKeys: reportHotKeys(hotKeys, redactor, ledger),
      },
      ledger,
      this.#startedAtMs,
      now,
    );
  }
}
