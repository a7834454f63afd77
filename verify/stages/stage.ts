/** One of the two maps of a twin. */
export type Side = "old" | "new";

/** How far the change has got: the six words of LaunchDarkly's migration flags. */
export type Stage = "off" | "dualwrite" | "shadow" | "live" | "rampdown" | "complete";

/** What happens at a stage. */
export interface StageRules {
  /** The side that answers; `split`: new for some keys, old for the others and for operations on the whole map. */
  readonly answers: Side | "split";
  /** Whether writes go to both sides. */
  readonly mirrors: boolean;
  /** Whether a write must be on both sides before its call returns, even if the option `mirror` is `queued`. */
  readonly inline: boolean;
  /** Whether sampled reads are compared. */
  readonly comparesReads: boolean;
}

/** The rules of the six stages, in their order. */
export const STAGES: { readonly [stage in Stage]: StageRules } = {
  off: { answers: "old", mirrors: false, inline: false, comparesReads: false },
  dualwrite: { answers: "old", mirrors: true, inline: false, comparesReads: false },
  shadow: { answers: "old", mirrors: true, inline: false, comparesReads: true },
  live: { answers: "split", mirrors: true, inline: true, comparesReads: true },
  rampdown: { answers: "new", mirrors: true, inline: false, comparesReads: false },
  complete: { answers: "new", mirrors: false, inline: false, comparesReads: false },
};

/** The names of the stages, in their order. */
export const STAGE_NAMES: readonly Stage[] = Object.keys(STAGES) as Stage[];

/** The stages just before and just after `stage`: the only ones that it can move to. */
export function neighbours(stage: Stage): readonly Stage[] {
  const at = STAGE_NAMES.indexOf(stage);
  return STAGE_NAMES.filter((_, index) => Math.abs(index - at) === 1);
}

/** The neighbour of `from` that lies on the way to `to`. */
export function nextTowards(from: Stage, to: Stage): Stage {
  const [at, end] = [STAGE_NAMES.indexOf(from), STAGE_NAMES.indexOf(to)];
  return STAGE_NAMES[at + Math.sign(end - at)] as Stage;
}
