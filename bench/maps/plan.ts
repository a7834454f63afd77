/**
 * The parts of the measurement, each in a process of its own, so that no map runs code that was compiled for another.
 */
import { SPEED_CLAIMS } from "./claims.ts";
import { type Contender, CONTENDERS } from "./contenders.ts";
import type { KeyKind } from "./keys.ts";
import { type Timing, USUAL } from "./speed.ts";

/** The part that one process measures. */
export type Part =
  | {
    readonly part: "speed";
    readonly contender: string;
    readonly keys: KeyKind;
    readonly entries: number;
    readonly timing: Timing;
  }
  | { readonly part: "growth"; readonly contender: string; readonly keys: KeyKind; readonly entries: number }
  | { readonly part: "claim"; readonly place: number }
  | { readonly part: "runtime" };

/** How many entries the maps have, and how long each is measured. */
export interface Scale {
  readonly speedAt: readonly number[];
  readonly growthTo: readonly number[];
  readonly timing: Timing;
  readonly claims: boolean;
}

export const FULL: Scale = {
  speedAt: [1_000, 100_000, 1_000_000, 10_000_000],
  growthTo: [1_000_000, 10_000_000],
  timing: USUAL,
  claims: true,
};

/** The name of the part that only the claims need. */
const CLAIMS = "claims";
/** Everything that can be measured by itself. */
export const PARTS: readonly string[] = [...CONTENDERS.map(({ name }) => name), CLAIMS];

/** Ten million strings would measure the strings, not the map. */
const MOST_STRINGS = 1_000_000;

/** Returns the parts that `only` names: one contender after the other, the claims last. */
export function partsOf({ speedAt, growthTo, timing, claims }: Scale, only: readonly string[] = PARTS): Part[] {
  const parts = CONTENDERS.filter(({ name }) => only.includes(name)).flatMap((contender) =>
    contender.keyKinds.flatMap((keys): Part[] => [
      ...within(contender, keys, speedAt).map((entries) =>
        ({ part: "speed", contender: contender.name, keys, entries, timing }) as const
      ),
      ...within(contender, keys, growthTo).map((entries) =>
        ({ part: "growth", contender: contender.name, keys, entries }) as const
      ),
    ])
  );
  const isClaimed = claims && only.includes(CLAIMS);
  return isClaimed ? [...parts, ...SPEED_CLAIMS.map((_, place) => ({ part: "claim", place }) as const)] : parts;
}

function within({ most }: Contender, keys: KeyKind, sizes: readonly number[]): number[] {
  return sizes.filter((entries) => entries <= (keys === "strings" ? Math.min(most, MOST_STRINGS) : most));
}
