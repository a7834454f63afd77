import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import type { MirroredWrite, MirrorObserver } from "../mirror/mirror.ts";
import { Failure } from "../pair/difference.ts";
import { answersEvicted } from "../pair/eviction.ts";
import type { Ledger } from "../stats/ledger.ts";
import { type DiffRecorder, RETURN_WHETHER } from "./diff_recorder.ts";
import type { Hooks } from "./hooks.ts";

/** What {@link MirroredAnswers} work with. */
export interface MirroredAnswersSetting<K, V> {
  readonly oldMap: ConcurrentMap<K, V>;
  readonly newMap: ConcurrentMap<K, V>;
  readonly ledger: Ledger;
  readonly recorder: DiffRecorder<K, V>;
  readonly hooks: Hooks<K, V>;
  /** Makes a comparison of `key` due. */
  readonly compare: (key: K, operation: string) => unknown;
}

/** Compares what the two sides answered to a write, and records what differs. */
export class MirroredAnswers<K, V> implements MirrorObserver<K, V> {
  readonly #setting: MirroredAnswersSetting<K, V>;

  constructor(setting: MirroredAnswersSetting<K, V>) {
    this.#setting = setting;
  }

  /**
   * Compares the answers of the two sides. Two objects that are not the same one are not compared: what the first side answered
   * may have been changed in place, by the callback of an `update` or by whoever got it. The key is looked at instead.
   */
  answered(write: MirroredWrite<K, V>, answer: unknown, isSettled: () => boolean): void {
    if (!write.comparesAnswers || this.#ignores(write)) return;
    if (isObject(answer) && isObject(write.answer) && answer !== write.answer) {
      return void this.#setting.compare(write.key, write.operation);
    }
    this.#setting.ledger.due++;
    let equal: boolean;
    let evicted = false;
    try {
      equal = Object.is(write.answer, answer) || this.#equalAnswers(write, answer);
      if (!equal) evicted = this.#isEvicted(write, answer);
    } catch {
      this.#setting.ledger.inconclusive++;
      return;
    }
    if (equal) {
      this.#setting.ledger.matched++;
      this.#setting.ledger.compares(write.key, write.hash);
    } else if (evicted) {
      this.#setting.ledger.evicted++;
    } else if (isSettled()) {
      this.#recordWrite("result", write, answer);
    } else {
      this.#setting.ledger.inconclusive++;
    }
  }

  failed(write: MirroredWrite<K, V>, error: unknown): void {
    if (!write.sampled || this.#ignores(write)) return;
    this.#setting.ledger.due++;
    this.#recordWrite("error", write, new Failure(error));
  }

  #equalAnswers(write: MirroredWrite<K, V>, answer: unknown): boolean {
    if (RETURN_WHETHER.has(write.operation)) return false;
    const [oldAnswer, newAnswer] = this.#sides(write, answer) as [V, V];
    return this.#setting.hooks.equalAnswers(oldAnswer, newAnswer, write.key);
  }

  /** Whether one side answered as it did because it had evicted the key. */
  #isEvicted(write: MirroredWrite<K, V>, answer: unknown): boolean {
    const [oldAnswer, newAnswer] = this.#sides(write, answer);
    return answersEvicted(this.#setting.oldMap, write.key, oldAnswer) ||
      answersEvicted(this.#setting.newMap, write.key, newAnswer);
  }

  #recordWrite(kind: "result" | "error", write: MirroredWrite<K, V>, answer: unknown): void {
    const [oldAnswer, newAnswer] = this.#sides(write, answer);
    this.#setting.recorder.record({ kind, keys: [write.key], old: oldAnswer, new: newAnswer }, write.operation, 1);
  }

  /** Whether the key is never compared. A write to all keys has none. */
  #ignores({ operation, key }: MirroredWrite<K, V>): boolean {
    return operation !== "clear" && this.#setting.hooks.ignores?.(key) === true;
  }

  /** What the old and the new map answered. */
  #sides(write: MirroredWrite<K, V>, answer: unknown): [unknown, unknown] {
    return write.to === this.#setting.newMap ? [write.answer, answer] : [answer, write.answer];
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
