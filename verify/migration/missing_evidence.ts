import type { Evidence } from "../gate/evidence.ts";
import type { TwinReport } from "../report/report.ts";
import { type Missing, missingFor, percentAt, type Position } from "../stages/moves.ts";
import { neighbours } from "../stages/stage.ts";
import type { Sides } from "./sides.ts";
import type { Works } from "./works.ts";

/** What moves are missing at present. */
export class MissingEvidence {
  readonly #evidence: Evidence;
  readonly #works: Pick<Works<never>, "underWay">;
  readonly #sides: Pick<Sides<never, never>, "mirror" | "obstacles">;

  constructor(
    evidence: Evidence,
    works: Pick<Works<never>, "underWay">,
    sides: Pick<Sides<never, never>, "mirror" | "obstacles">,
  ) {
    this.#evidence = evidence;
    this.#works = works;
    this.#sides = sides;
  }

  /** What a move is missing. */
  forMove(from: Position, to: Position, nowMs: number): Missing {
    const { holdsAll, lacking } = this.#evidence;
    const { firm, evidence } = missingFor(from, to, {
      holdsAll,
      lacking,
      gate: () => this.#evidence.missing(nowMs),
      backfilling: this.#works.underWay === "backfill",
      journaled: this.#sides.mirror.journaled,
    });
    return { firm: [...firm, ...this.#sides.obstacles(to.stage)], evidence };
  }

  /** What is missing before the old map can answer every key without losing anything. */
  forWayBack({ stage }: Position): readonly string[] {
    if (stage === "complete") return ["writes go to the new map alone"];
    const { holdsAll } = this.#evidence;
    const { journaled } = this.#sides.mirror;
    return [
      ...(holdsAll.old
        ? []
        : ["the old map may lack entries: a backfill from the new map, or a clean sweep, must finish"]),
      ...(journaled === 0 ? [] : [`${journaled} keys must be copied again, since writes to them failed`]),
    ];
  }

  /** What the moves from a stage to its neighbours are missing. */
  forNeighbours(from: Position, nowMs: number): TwinReport["moves"] {
    return neighbours(from.stage).map((stage) => {
      const { firm, evidence } = this.forMove(
        from,
        { stage, percent: stage === "live" ? 100 : percentAt(stage) },
        nowMs,
      );
      return { stage, missing: [...firm, ...evidence] };
    });
  }
}
