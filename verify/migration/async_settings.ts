import type { AnyJournalMap } from "../mirror/journal_map.ts";
import type { Side } from "../stages/stage.ts";
import type { Scope } from "./scope.ts";

/** Settings of a twin between stores, beside those of every migration. */
export interface AsyncSettings {
  /** Whether other instances write to the two stores too. */
  readonly instances: "one" | "many";
  /** Whether the twin was given a name: those of this process with the same one are instances of one migration. */
  readonly isNamed: boolean;
  /** How long a caller waits for the other side at most, in milliseconds. */
  readonly mirrorTimeoutMs: number;
  /** For how long a write whose outcome is unknown may still take effect, in milliseconds. */
  readonly unknownMs: number;
  /** Where the journal outlives the process; `null`: nowhere. */
  readonly journal: AnyJournalMap<unknown> | null;
  /** How long there must have been no synchronous call before the new map answers, in milliseconds. */
  readonly syncIdleMs: number;
  /** Who shares each side, if that is not what its traits say. */
  readonly scope: { readonly [side in Side]?: Scope };
}
