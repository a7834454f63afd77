import type { GateOptions, PlanStep } from "@twinmap/twinmap";

const SECOND = 1_000;

/** How long the rollout waits after a return before it goes on. */
export const COOL_DOWN_MS: number = 10 * SECOND;

/** How long the way back stays open at the end: an hour is a second here. */
export const RAMPDOWN_MS: number = 24 * SECOND;

/** The share at which `--fault` plants its fault, in percent. */
export const FAULT_PERCENT = 5;

/** What a demo can show: it has neither millions of keys nor an hour. */
export const SESSION_GATE: GateOptions = { threshold: 1e-3, holdMs: 20 * SECOND };

/** The careful plan in fast motion: from `off` to `complete` in about two minutes. */
export const SESSION_PLAN: readonly PlanStep[] = [
  { stage: "dualwrite", backfill: true, sweep: true },
  { stage: "shadow" },
  ...[1, FAULT_PERCENT, 25, 50, 100].map((percent): PlanStep => ({ stage: "live", percent, holdMs: 10 * SECOND })),
  { stage: "rampdown", holdMs: RAMPDOWN_MS },
  { stage: "complete", confirm: true },
];
