import { andThen, type KeyList, type Look, type Maybe, type Pair } from "./pair.ts";
import type { Side } from "../stages/stage.ts";

/**
 * A pair of which the old map is private to this instance, and the new one is shared with others. What only the new map holds may
 * belong to them: its keys are not walked, and a key that the old map lacks is not compared.
 */
export class OwnKeysPair<K> implements Pair<K> {
  readonly batch: Pair<K>["batch"];
  readonly #pair: Pair<K>;

  constructor(pair: Pair<K>) {
    this.#pair = pair;
    this.batch = pair.batch;
  }

  look(key: K): Maybe<Look<K>> {
    return andThen(this.#pair.look(key), ownLook);
  }

  lookMany(keys: KeyList<K>): Maybe<readonly (Look<K> | undefined)[]> {
    return andThen(this.#pair.lookMany(keys), (looks) => looks.map((look) => look && ownLook(look)));
  }

  hasMany(side: Side, keys: readonly K[]): Maybe<readonly boolean[]> {
    return this.#pair.hasMany(side, keys);
  }

  refresh(key: K, from: Side): Maybe<boolean> {
    return this.#pair.refresh(key, from);
  }

  refreshMany(keys: readonly K[], from: Side, comparesFirst: boolean): Maybe<readonly K[]> {
    return this.#pair.refreshMany(keys, from, comparesFirst);
  }

  keys(side: Side): Iterable<K> | AsyncIterable<K> {
    return side === "old" ? this.#pair.keys("old") : [];
  }

  size(side: Side): Maybe<number | undefined> {
    return side === "old" ? this.#pair.size("old") : 0;
  }
}

/** A look that is not quiet says nothing yet. */
function ownLook<K>(look: Look<K>): Look<K> {
  if (!look.quiet || look.difference?.kind !== "extra") return look;
  return { ...look, difference: undefined, ignored: true };
}
