import { printable } from "../../src/inspection/printable.ts";
import { StoreError } from "../../src/store_error.ts";
import type { Repair, ReportedChange } from "../migration/repairs.ts";
import type { Changed } from "../pair/pair.ts";
import type { CommandIo } from "./command_io.ts";
import { reasonOf } from "./complaint.ts";
import { InputError } from "./input_error.ts";
import { counted } from "./numbers.ts";
import { Progress } from "./progress.ts";

/** What became of the changes of a map. */
export interface MadeChanges {
  /** How many keys were changed. */
  readonly changed: number;
  /** How many were found as they were to be. */
  readonly equal: number;
  /** How many were written meanwhile, and left as they are. */
  readonly written: number;
  /** How many could not be changed. */
  readonly failed: number;
  /** Why the first of those could not. */
  readonly reason?: string;
  /** The first changes. */
  readonly listed: readonly Pick<ReportedChange, "key" | "before" | "after">[];
}

/** Counts changes, keeps the first ones, and stops them if nothing more can come of it. */
export class ChangeTally {
  readonly #io: CommandIo;
  readonly #limit: number;
  #made: MadeChanges = { changed: 0, equal: 0, written: 0, failed: 0, listed: [] };
  #stopped: unknown;

  /** @param limit How many changes are kept at most. */
  constructor(io: CommandIo, limit: number) {
    this.#io = io;
    this.#limit = limit;
  }

  /** Makes changes, shows their progress, and says on stderr how many were made if they do not come to their end. */
  async run(changes: () => Promise<void>): Promise<MadeChanges> {
    const { isTerminal, writeError } = this.#io;
    const progress = isTerminal
      ? new Progress(writeError, () => `${counted(this.#made.changed, "key")} changed`)
      : undefined;
    try {
      await changes().finally(() => progress?.end());
    } catch (error) {
      this.#io.writeError(`twinmap: ended early, with ${counted(this.#made.changed, "key")} changed\n`);
      throw error;
    }
    return this.#made;
  }

  /** Makes a change of one key, unless they were stopped. */
  async attempt<K>(change: () => Promise<Changed<K>>): Promise<Changed<K>> {
    this.#throwIfStopped();
    try {
      return await change();
    } catch (error) {
      if ((error instanceof StoreError && error.retryable) || error instanceof InputError) this.#stopped ??= error;
      this.#made = { reason: firstLine(error), ...this.#made };
      throw error;
    }
  }

  /**
   * Adds some changes.
   *
   * @throws If no further ones are to be made: the command was interrupted, or a store or file failed.
   */
  add<K, V>({ changes, equal, written, failed }: Repair<K, V>): void {
    const { listed } = this.#made;
    this.#made = {
      ...this.#made,
      changed: this.#made.changed + changes.length,
      equal: this.#made.equal + equal,
      written: this.#made.written + written,
      failed: this.#made.failed + failed,
      listed: [...listed, ...changes.slice(0, this.#limit - listed.length).map(({ side: _, ...shown }) => shown)],
    };
    this.#throwIfStopped();
  }

  #throwIfStopped(): void {
    this.#io.signal.throwIfAborted();
    if (this.#stopped === undefined) return;
    if (this.#stopped instanceof InputError) throw this.#stopped;
    throw new InputError(`Cannot change the map: ${firstLine(this.#stopped)}`, { cause: this.#stopped });
  }
}

/**
 * Describes changes for people: what became of them, and the first ones.
 *
 * @param notes Lines between the two.
 */
export function describeChanges(made: MadeChanges, notes: readonly string[] = []): string {
  const { changed, equal, written, failed, reason = "", listed } = made;
  const lines = [
    `${counted(changed, "key")} changed`,
    ...equal > 0 ? [`${counted(equal, "key")} needed no change`] : [],
    ...written > 0 ? [`${counted(written, "key")} left, since written to meanwhile`] : [],
    ...failed > 0 ? [`${counted(failed, "key")} failed: ${printable(reason)}`] : [],
    ...notes,
    ...listed.length === 0 ? [] : [""],
    ...listed.map(({ key, before, after }) => printable(`changed  ${key}  before ${before}  after ${after}`)),
    ...listed.length < changed ? [`and ${changed - listed.length} more`] : [],
  ];
  return `${lines.join("\n")}\n`;
}

function firstLine(error: unknown): string {
  return reasonOf(error).split("\n")[0] as string;
}
